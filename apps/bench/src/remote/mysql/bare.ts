import { hash, timingSafeEqual } from 'node:crypto'
import type { RowDataPacket } from 'mysql2/promise'
import { type TokenParts, takeApart } from '../../targets/floor.ts'
import type { RemoteTarget } from '../remote-target.ts'
import type { SignedIn } from '../sign-in-all.ts'
import { countedPool } from './counted-pool.ts'

/** What Cloakroom's own statement reads, without its casts. */
const text = `select s.id, s.user_id, s.impersonator_id, s.epoch, s.client_id, s.created_at,
    s.last_seen_at, s.expires_at, s.persistent, s.authenticated_at, s.methods, s.ip, s.device, s.data,
    s.data_version, g.epoch + coalesce(us.epoch, 0) + coalesce(ims.epoch, 0), s.secret_hash,
    us.blocked_at, ims.blocked_at, not u.banned, not im.banned, u.email, u.name, utc_timestamp(3)
  from cloakroom_sessions s cross join cloakroom_state g
    left join cloakroom_user_states us on us.user_id = s.user_id
    left join cloakroom_user_states ims on ims.user_id = s.impersonator_id
    left join users u on u.id = s.user_id
    left join users im on im.id = s.impersonator_id
  where s.id = ?`
const userId = 1
const secretHash = 16

/**
 * One prepared query a request on the bare driver, and SHA-256 of the secret. It judges nothing that
 * the row says.
 */
export async function bareTarget(
  url: string,
  { tokens, endedToken }: SignedIn,
): Promise<RemoteTarget<TokenParts, number | undefined>> {
  const { pool, sent } = countedPool(url)
  const credentials = tokens.map(takeApart)
  return {
    name: 'mysql2, one query a request',
    note: 'what Cloakroom reads, on the bare driver, prepared; SHA-256 of the secret, compared',
    credentials,
    wrong: {
      'the token of a session that has ended': takeApart(endedToken),
      'the secret of another session': {
        id: (credentials[0] as TokenParts).id,
        secret: (credentials[1] as TokenParts).secret,
      },
    },
    async authenticate({ id, secret }) {
      const [rows] = await pool.execute<RowDataPacket[][]>({ sql: text, rowsAsArray: true }, [id])
      const row = rows[0] as unknown as unknown[] | undefined
      if (row === undefined) return undefined
      const shown = Buffer.from(hash('sha256', secret, 'binary'), 'binary')
      const isRight = timingSafeEqual(shown, row[secretHash] as Buffer)
      return isRight ? Number(row[userId]) : undefined
    },
    userOf: (user) => user,
    sent,
    bytesPerSession: async () => undefined,
    close: () => pool.end(),
  }
}
