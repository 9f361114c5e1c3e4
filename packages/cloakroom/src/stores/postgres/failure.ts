import { CloakroomError } from '../../errors.ts'
import { TooLate } from './driver.ts'

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
  const state = sqlState(error)
  return state !== '' && (!ofServer.test(state) || /^(?:25006|40|42|55|57014)/.test(state))
}

/**
 * Classes of errors (PostgreSQL manual, appendix A) that say nothing of rows, nor do the codes of
 * Node's own (EPIPE). All others are a row's: a function in `active` may raise any.
 */
const ofServer = /^(?:0[08A]|2[5-8]|3[BD]|40|42|53|55|57|58|E|F0|HV|XX)/

/** What a failure of a connection's `query` comes from: the database does not fit the statement. */
export function isMisfit(error: unknown): error is CloakroomError {
  return /^(?:22|42)/.test(stateOfCause(error))
}

/** A right that the role lacks. */
export function isForbidden(error: unknown): error is CloakroomError {
  return stateOfCause(error) === '42501'
}

/**
 * The rows are to blame, one of which made `active` or a conversion fail, and not the server or the
 * connection.
 */
export function isDataError(error: unknown): boolean {
  if (error instanceof CloakroomError && error.code === 'schema_mismatch') return true
  const state = stateOfCause(error)
  return /^\w{5}$/.test(state) && !ofServer.test(state)
}

function stateOfCause(error: unknown): string {
  const { cause } = (error ?? {}) as { cause?: unknown }
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

export function unavailable(message: string, cause?: unknown): CloakroomError {
  return new CloakroomError('store_unavailable', message, { cause })
}

/** What the application gets to see of an error of its driver. */
export function toCloakroomError(error: unknown): CloakroomError {
  if (error instanceof CloakroomError) return error
  if (error instanceof TooLate) return unavailable('PostgreSQL did not answer in time.')
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
