import { parseId } from '../core/session-id.ts'
import { checkUserId, type UserId, type UserIdType } from '../core/user.ts'
import { CommandError } from './command-error.ts'
import { printable } from './output/printable.ts'

/** @throws {CloakroomError} `invalid_user_id`, which says what it should look like */
export function toUserId(type: UserIdType, text: string): UserId {
  // Number() alone would take '', ' 7', '0x7' and '7e1' as well.
  const id = type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text
  checkUserId(type, id)
  return id
}

/** For people: a text may hold anything. */
export function formatUserId(id: UserId): string {
  return printable(String(id))
}

/** @throws {CommandError} `usage`, without the text: it may be a token, pasted by mistake */
export function toSessionId(text: string): Uint8Array {
  const id = parseId(text)
  if (id !== undefined) return id
  throw new CommandError(
    'usage',
    'A session id looks like 019f2c3a-5b1e-7c44-9d2e-0a1b2c3d4e5f; `sessions list` shows them',
  )
}
