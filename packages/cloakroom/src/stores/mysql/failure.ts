import { CloakroomError } from '../../errors.ts'

/** What mysql2 tells of an error. Only what the server itself answered has an `sqlState`. */
interface DriverError {
  readonly code?: unknown
  readonly errno?: unknown
  readonly fatal?: unknown
  readonly sqlState?: unknown
}

const transactionInProgress = 1568
/** A deadlock; MariaDB's "record has changed since last read"; a table that was changed meanwhile. */
const conflicts: readonly unknown[] = [1213, 1020, 1615]
/**
 * The server has become a replica, or does not know its own prepared statements any more: another
 * connection is needed.
 */
const uselessConnection: readonly unknown[] = [1290, 1792, 1836, 1243]

export function toFailure(error: unknown): CloakroomError {
  if (error instanceof CloakroomError) return error
  const { code } = toDriverError(error)
  const reason = typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? ` (${code})` : ''
  return unavailable(`MySQL failed${reason}`, error)
}

export function unavailable(message: string, cause?: unknown): CloakroomError {
  return new CloakroomError('store_unavailable', `${message}.`, { cause })
}

/** Whether the transaction may succeed when it is tried again. */
export function isConflict(error: unknown): boolean {
  return conflicts.includes(toDriverError(error).errno)
}

export function isTransactionInProgress(error: unknown): boolean {
  return toDriverError(error).errno === transactionInProgress
}

/** Whether the server refused a statement, and the connection is as good as before. */
export function isRefusal(error: unknown): boolean {
  const { errno, fatal, sqlState } = toDriverError(error)
  if (typeof sqlState !== 'string' || fatal === true || uselessConnection.includes(errno))
    return false
  // Class 08 is that of broken connections.
  return !sqlState.startsWith('08')
}

/** What the server said, for the end of a message that begins otherwise. */
export function reasonIn(error: unknown): string {
  return error instanceof Error ? `: ${error.message.replace(/\.$/, '')}` : ''
}

function toDriverError(error: unknown): DriverError {
  return typeof error === 'object' && error !== null ? error : {}
}
