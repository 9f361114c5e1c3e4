import pg from 'pg'
import { createClient } from 'redis'
import type { BetterAuthSessions } from '../remote/better-auth.ts'
import { makeBetterAuthSessions } from '../remote/postgres/databases.ts'
import { createDatabase, fillApplication } from '../remote/postgres/targets.ts'
import { type SignedIn, signInAll } from '../remote/sign-in-all.ts'
import type { Client } from '../remote/valkey/count-sent.ts'
import { makeConnectSessions, openAuth } from '../remote/valkey/targets.ts'
import { makeUsers } from '../remote/valkey/users.ts'
import { makeBetterAuthDatabase } from '../workload/better-auth-database.ts'
import { type CloakroomDatabase, makeCloakroomDatabase } from '../workload/cloakroom-database.ts'
import type { Workload } from '../workload/workload.ts'
import { makeOrders } from './orders.ts'
import type { Place } from './settings.ts'

interface InDatabase<Sessions> {
  readonly place: Place
  readonly sessions: Sessions
}

/** Users, orders and sessions, wherever an application wants them. */
export interface Databases {
  readonly sqlite: InDatabase<CloakroomDatabase>
  readonly postgres: InDatabase<SignedIn & { readonly connectIds: readonly string[] }>
  readonly valkey: SignedIn & { readonly url: string; readonly connectIds: readonly string[] }
  readonly betterAuth: Readonly<Record<Place['database'], InDatabase<BetterAuthSessions>>>
}

interface Servers {
  /** Of an empty PostgreSQL. */
  readonly postgresUrl: string
  readonly valkeyUrl: string
  /** For files. */
  readonly directory: string
  readonly progress: (line: string) => void
}

/** SQLite's own default, in bytes. */
const pageSize = 4096

export async function makeDatabases(workload: Workload, servers: Servers): Promise<Databases> {
  const { directory, postgresUrl, valkeyUrl, progress } = servers
  const numbers = Array.from({ length: workload.users }, (_, index) => index + 1)

  progress('Making users, sessions and orders in SQLite')
  const sqlite = await makeCloakroomDatabase(workload, directory)
  const sqlitePlace: Place = { database: 'sqlite', file: sqlite.file }
  await makeOrders(sqlitePlace, numbers)
  const betterAuth = await makeBetterAuthDatabase(workload, directory, pageSize)
  const betterAuthPlace: Place = { database: 'sqlite', file: betterAuth.file }
  await makeOrders(betterAuthPlace, betterAuth.userIds.slice(1))

  progress('The same in PostgreSQL')
  const betterAuthUrl = await createDatabase(postgresUrl, 'better_auth')
  const { signedIn, connectIds } = await fillApplication(workload, postgresUrl, () => {})
  const postgresPlace: Place = { database: 'postgres', url: postgresUrl }
  await makeOrders(postgresPlace, numbers)
  const remoteBetterAuth = await fillBetterAuth(betterAuthUrl, workload)
  const remotePlace: Place = { database: 'postgres', url: betterAuthUrl }
  await makeOrders(remotePlace, remoteBetterAuth.userIds.slice(1))

  progress('Sessions in Valkey')
  return {
    sqlite: { place: sqlitePlace, sessions: sqlite },
    postgres: { place: postgresPlace, sessions: { ...signedIn, connectIds } },
    valkey: await fillValkey(valkeyUrl, workload),
    betterAuth: {
      sqlite: { place: betterAuthPlace, sessions: betterAuth },
      postgres: { place: remotePlace, sessions: remoteBetterAuth },
    },
  }
}

async function fillBetterAuth(url: string, workload: Workload): Promise<BetterAuthSessions> {
  const pool = new pg.Pool({ connectionString: url })
  const sessions = await makeBetterAuthSessions(pool, workload)
  await pool.query('vacuum analyze')
  await pool.end()
  return sessions
}

async function fillValkey(url: string, workload: Workload): Promise<Databases['valkey']> {
  const client: Client = createClient({ url })
  await client.connect()
  const auth = await openAuth(client, makeUsers(workload.users))
  const signedIn = await signInAll(auth, workload)
  await auth.close()
  const connectIds = await makeConnectSessions(client, workload)
  client.destroy()
  return { ...signedIn, url, connectIds }
}
