import { CloakroomError } from '../../errors.ts'

export function toFailure(error: unknown): CloakroomError {
  if (error instanceof CloakroomError) return error
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  // Not the error itself: ioredis hangs the command on it, with everything that was to be stored.
  // And a server that does not know a command repeats its arguments.
  const [safe = ''] = message.split(', with args')
  const cause = Object.assign(new Error(safe), { name })
  return new CloakroomError('store_unavailable', 'Valkey failed.', { cause })
}

export function unavailable(message: string): CloakroomError {
  return new CloakroomError('store_unavailable', message)
}

export function tooLate(): CloakroomError {
  return unavailable('Valkey did not answer in time.')
}

/** Whether that is why, or the driver's own limit was shorter. */
export function isTimeout(error: unknown): boolean {
  if (error instanceof CloakroomError) return true
  if (!(error instanceof Error)) return false
  return error.constructor.name === 'TimeoutError' || error.message === 'Command timed out'
}

/** Whether the server does not have the script, and has done nothing. */
export function isScriptMissing(error: unknown): boolean {
  return startsWith(error, 'NOSCRIPT')
}

/**
 * Whether the slot is on its way to another server, and not all of its keys have arrived, which takes
 * milliseconds, as a rule. Nothing has been done. iovalkey tries a few times itself and then quotes it.
 */
export function isSlotMoving(error: unknown): boolean {
  return error instanceof Error && /^(?:Too many .*: ReplyError: )?TRYAGAIN/.test(error.message)
}

/** Whether the server is not, or no longer, the one to ask, and has done nothing. */
export function isElsewhere(error: unknown): boolean {
  return startsWith(error, 'MOVED') || startsWith(error, 'READONLY')
}

function startsWith(error: unknown, word: string): boolean {
  return error instanceof Error && error.message.startsWith(word)
}
