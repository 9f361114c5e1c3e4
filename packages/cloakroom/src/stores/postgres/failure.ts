import { CloakroomError } from '../../errors.ts'

/** What the server says of a failure, in both drivers' errors; nothing where it was not the server. */
interface ServerError {
  readonly code: string
  readonly severity: string
  readonly message: string
}

function isServerError(error: unknown): error is ServerError {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown }
  return typeof severity === 'string' && typeof code === 'string'
}

function sqlState(error: unknown): string {
  return isServerError(error) ? error.code : ''
}

/** Rolled back by the server in favour of another transaction: done anew, it may well succeed. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlState(error))
}

/**
 * A statement was prepared that cannot be used any more: a table has changed since, or a pooler
 * between here and the server has thrown it away. Nothing was done.
 */
export function isStalePlan(error: unknown): boolean {
  return ['0A000', '26000'].includes(sqlState(error))
}

/** The statement failed, and the connection is as good as before. */
export function isOfStatement(error: unknown): boolean {
  return /^(?:2[1-3]|25006|38|39|40|42|44|54|55|57014|P0)/.test(sqlState(error))
}

/** The text of a statement does not fit the database: a name that is not there, another type. */
export function isMisfit(error: unknown): boolean {
  return /^(?:22|42)/.test(sqlState(error))
}

/**
 * The rows are to blame, one of which made `active` or a conversion fail, and not the server or the
 * connection.
 */
export function isDataError(error: unknown): boolean {
  if (!(error instanceof CloakroomError)) return false
  return error.code === 'schema_mismatch' || /^(?:2[1-3]|38|39|P0)/.test(stateOfCause(error))
}

function stateOfCause({ cause }: CloakroomError): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

export function unavailable(message: string, cause?: unknown): CloakroomError {
  return new CloakroomError('store_unavailable', message, { cause })
}

/** What the application gets to see of an error of its driver. */
export function toCloakroomError(error: unknown): CloakroomError {
  if (error instanceof CloakroomError) return error
  return unavailable('PostgreSQL failed.', withoutValues(error))
}

/**
 * The error without what drivers and server add to it: `detail` and `where` can hold values of
 * rows, `parameters` those of the statement.
 */
export function withoutValues(error: unknown): Error {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown }
  const clean = new Error(typeof message === 'string' ? message : 'unknown')
  return typeof code === 'string' ? Object.assign(clean, { code }) : clean
}
