import type { RevocationFeed } from '../../../core/revocation-feed.ts'
import type { UserIdType } from '../../../core/user.ts'
import type { PgPool } from '../pg.ts'
import { isPostgresJs, type PostgresJs } from '../postgres-js.ts'
import { type ChannelPlace, channelOf } from './channel.ts'
import { createFeed } from './feed.ts'
import { listenWithPg } from './listen-with-pg.ts'
import { listenWithPostgresJs } from './listen-with-postgres-js.ts'
import { readNotice } from './read-notice.ts'

type OpenFeed = (place: ChannelPlace, userIdType: UserIdType) => RevocationFeed

/** @throws {TypeError} for a bad option, or a pool that cannot do it */
export function connectFeed(
  pool: PgPool | PostgresJs,
  { heartbeatSeconds = 1 }: { readonly heartbeatSeconds?: number },
  timeoutMs: number,
): OpenFeed {
  if (!(heartbeatSeconds >= 0.05 && heartbeatSeconds <= 30)) {
    throw new TypeError('feed.heartbeatSeconds must be from 0.05 to 30')
  }
  const heartbeatMs = heartbeatSeconds * 1000
  const connect = () =>
    isPostgresJs(pool) ? listenWithPostgresJs(pool, timeoutMs) : listenWithPg(pool, timeoutMs)
  // What cannot listen is refused now, and not at the first feed.
  connect()
  return (place, userIdType) => {
    const read = (payload: string) => readNotice(payload, userIdType)
    return createFeed({ listen: connect(), channel: channelOf(place), read, heartbeatMs })
  }
}
