import type { Invalidation } from '../../../core/revocation-feed.ts'
import type { UserId, UserIdType } from '../../../core/user.ts'

/**
 * What a trigger has told. User ids travel as text, whatever their type.
 * @throws {Error} for what no trigger of ours says: then nobody knows what it was to say
 */
export function readNotice(payload: string, userIdType: UserIdType): Invalidation {
  const { everybody, sessionIds, userIds } = parse(payload)
  if (everybody === true) return { everybody }
  if (Array.isArray(sessionIds)) {
    return { sessionIds: sessionIds.map(toSessionId) }
  }
  if (Array.isArray(userIds)) return { userIds: userIds.map((id) => toUserId(id, userIdType)) }
  return refuse()
}

type Notice = { readonly [Name in 'everybody' | 'sessionIds' | 'userIds']?: unknown }

function parse(payload: string): Notice {
  try {
    return Object(JSON.parse(payload))
  } catch {
    return refuse()
  }
}

// Of any version: other code may have made its row.
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function toSessionId(text: unknown): Uint8Array {
  if (typeof text !== 'string' || !uuid.test(text)) return refuse()
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}

function toUserId(text: unknown, type: UserIdType): UserId {
  if (typeof text !== 'string') return refuse()
  if (type !== 'integer') return text
  // Number() alone would take '' for 0.
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : refuse()
}

// Without the payload: it may be anybody's.
function refuse(): never {
  throw new Error('A notice on the channel of the revocation feed cannot be read')
}
