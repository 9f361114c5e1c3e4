import connectPgSimple from 'connect-pg-simple'
import session from 'express-session'
import { expressSession } from '../express-session.ts'
import type { RemoteTarget } from '../remote-target.ts'
import { countingPool } from './counting-pool.ts'
import { bytesPerSession } from './databases.ts'

/** express-session with connect-pg-simple, and the application's query for the user. */
export function connectTarget(
  url: string,
  ids: readonly string[],
): RemoteTarget<string, number | undefined> {
  const { pool, sent } = countingPool(url)
  const Store = connectPgSimple(session)
  const store = new Store({ pool, pruneSessionInterval: false })
  return expressSession({
    name: 'express-session with connect-pg-simple',
    store,
    ids,
    async loadUser(id) {
      const { rows } = await pool.query<{ id: number }>({
        name: 'user',
        text: 'select id, email, name from users where id = $1 and not banned',
        values: [id],
      })
      return rows[0]?.id
    },
    sent,
    bytesPerSession: () => bytesPerSession(pool, 'session', ids.length),
    async close() {
      await store.close()
      await pool.end()
    },
  })
}
