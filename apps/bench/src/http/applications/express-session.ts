import connectPgSimple from 'connect-pg-simple'
import { RedisStore } from 'connect-redis'
import type { Request, RequestHandler } from 'express'
import session, { type Store } from 'express-session'
import pg from 'pg'
import { createClient } from 'redis'
import { secret } from '../../remote/express-session.ts'
import { poolSize } from '../../remote/postgres/counting-pool.ts'
import type { AuthenticationBy } from '../settings.ts'
import { openUsers } from './users.ts'

/** The middleware with the usual store of a database, then the query for the user. */
export async function openExpressSession(
  authentication: AuthenticationBy<'express-session'>,
): Promise<{
  before: RequestHandler[]
  userOf: (request: Request) => Promise<number | undefined>
}> {
  const store = await openStore(authentication)
  const loadUser = openUsers(authentication.place)
  return {
    before: [session({ secret, store, resave: false, saveUninitialized: false })],
    async userOf(request) {
      const { userId } = request.session
      return userId === undefined ? undefined : (await loadUser(userId))?.id
    },
  }
}

async function openStore({ place, valkey }: AuthenticationBy<'express-session'>): Promise<Store> {
  if (valkey !== undefined) {
    const client = createClient({ url: valkey })
    await client.connect()
    return new RedisStore({ client })
  }
  if (place.database !== 'postgres') throw new Error('It has a store for PostgreSQL and Valkey')
  const pool = new pg.Pool({ connectionString: place.url, max: poolSize })
  return new (connectPgSimple(session))({ pool, pruneSessionInterval: false })
}
