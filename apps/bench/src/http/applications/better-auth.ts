import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import pg from 'pg'
import { poolSize } from '../../remote/postgres/counting-pool.ts'
import { betterAuthOptions } from '../../workload/better-auth-database.ts'
import type { AuthenticationBy, UserId } from '../settings.ts'

/** `auth.api.getSession({ headers })`, cookie cache off as by default. */
export function byBetterAuth({
  place,
  secret,
}: AuthenticationBy<'better-auth'>): (headers: Headers) => Promise<UserId | undefined> {
  const database =
    place.database === 'sqlite'
      ? new DatabaseSync(place.file)
      : new pg.Pool({ connectionString: place.url, max: poolSize })
  const auth = betterAuth(betterAuthOptions(database, secret, false))
  return async (headers) => (await auth.api.getSession({ headers }))?.user.id
}
