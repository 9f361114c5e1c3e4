import { createHash } from 'node:crypto'
import { formatId, idLength } from '../core/session-id.ts'

/** What is stored of a framework's session id, which is itself the secret that the client holds. */
export interface SidKeys {
  /** The primary key: a UUIDv8 (RFC 9562 §5.8), so that no token, whose id is a UUIDv7, can have it. */
  readonly id: Uint8Array
  readonly hash: Uint8Array
}

// Two labels, so that the id, which is public, says nothing about the hash.
export function keysOf(sid: string): SidKeys {
  const id = digest('cloakroom express-session id', sid).subarray(0, idLength)
  id[6] = 0x80 | ((id[6] as number) & 0x0f)
  id[8] = 0x80 | ((id[8] as number) & 0x3f)
  return { id, hash: digest('cloakroom express-session secret', sid) }
}

/**
 * The session id that `auth.list`, `auth.revoke` and logs know for `req.sessionID` (Fastify:
 * `request.session.sessionId`). Public: it does not lead back to the framework's, which is secret.
 */
export function sessionIdOf(sid: string): string {
  return formatId(keysOf(sid).id)
}

// NUL ends the label, so that no sid makes of one label another.
function digest(label: string, sid: string): Buffer {
  return createHash('sha256').update(`${label}\0${sid}`).digest()
}
