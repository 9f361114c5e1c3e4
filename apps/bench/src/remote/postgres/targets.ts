import { postgres } from 'cloakroom/postgres'
import postgresJs from 'postgres'
import type { Workload } from '../../workload/workload.ts'
import { type BetterAuthSessions, betterAuthTarget } from '../better-auth.ts'
import { cloakroomTarget, openAuth } from '../cloakroom.ts'
import type { RemoteTarget } from '../remote-target.ts'
import { type SignedIn, signInAll } from '../sign-in-all.ts'
import { bareTarget } from './bare.ts'
import { connectTarget } from './connect.ts'
import { countingPool, isWriting, poolSize } from './counting-pool.ts'
import {
  bytesPerSession,
  makeBetterAuthSessions,
  makeConnectSessions,
  makeUsers,
} from './databases.ts'

export interface PostgresTargets {
  /** One query a request, by nobody's library. */
  readonly bare: RemoteTarget
  readonly cloakroom: RemoteTarget
  readonly betterAuth: readonly RemoteTarget[]
  readonly all: readonly RemoteTarget[]
  /** `bare` and `cloakroom` from further away. */
  readonly distant: readonly [RemoteTarget, RemoteTarget]
}

export interface PostgresUrls {
  readonly url: string
  /** The same database behind a wire that takes time. */
  readonly distantUrl: string
}

/** Makes the data, and opens every target on it with a pool of its own of the same size. */
export async function openPostgresTargets(
  workload: Workload,
  { url, distantUrl }: PostgresUrls,
  progress: (line: string) => void,
): Promise<PostgresTargets> {
  const betterAuthUrl = await createDatabase(url, 'better_auth')
  const { signedIn, connectIds } = await fillApplication(workload, url, progress)
  progress('Making the sessions of Better Auth')
  const { pool } = countingPool(betterAuthUrl)
  const betterAuthSessions = await makeBetterAuthSessions(pool, workload)
  await pool.end()

  const cloakroom = await onPg(url, signedIn)
  const bare = await bareTarget(url, signedIn)
  const betterAuth = [false, true].map((joins) =>
    onBetterAuth(betterAuthUrl, betterAuthSessions, joins),
  )
  const others = [await onPostgresJs(url, signedIn), connectTarget(url, connectIds)]
  return {
    bare,
    cloakroom,
    betterAuth,
    all: [bare, cloakroom, ...others, ...betterAuth],
    distant: [await bareTarget(distantUrl, signedIn), await onPg(distantUrl, signedIn)],
  }
}

/** Another database of the same server. Resolves with its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const { pool } = countingPool(url)
  await pool.query(`create database ${name}`)
  await pool.end()
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

/** The application's users, its sessions of Cloakroom, and those of connect-pg-simple. */
export async function fillApplication(
  workload: Workload,
  url: string,
  progress: (line: string) => void,
): Promise<{ signedIn: SignedIn; connectIds: readonly string[] }> {
  const { pool } = countingPool(url)
  await makeUsers(pool, workload.users)
  progress(`Signing in ${workload.owners.length} sessions with Cloakroom`)
  const auth = await openAuth(postgres(pool, { migrate: true }))
  const signedIn = await signInAll(auth, workload)
  await auth.close()
  progress('Making the sessions of connect-pg-simple')
  const connectIds = await makeConnectSessions(pool, workload)
  await pool.query('vacuum analyze')
  await pool.end()
  return { signedIn, connectIds }
}

async function onPg(url: string, signedIn: SignedIn): Promise<RemoteTarget> {
  const { pool, sent } = countingPool(url)
  return cloakroomTarget(signedIn, {
    name: 'Cloakroom on pg',
    auth: await openAuth(postgres(pool)),
    sent,
    bytesPerSession: () => bytesPerSession(pool, 'cloakroom_sessions', signedIn.tokens.length),
    close: () => pool.end(),
  })
}

async function onPostgresJs(url: string, signedIn: SignedIn): Promise<RemoteTarget> {
  let statements = 0
  let writes = 0
  const sql = postgresJs(url, {
    max: poolSize,
    debug: (_connection, query) => {
      statements += 1
      if (isWriting(query)) writes += 1
    },
  })
  return cloakroomTarget(signedIn, {
    name: 'Cloakroom on postgres.js',
    auth: await openAuth(postgres(sql)),
    sent: () => ({ statements, writes }),
    bytesPerSession: async () => undefined,
    close: () => sql.end(),
  })
}

function onBetterAuth(url: string, sessions: BetterAuthSessions, joins: boolean): RemoteTarget {
  const { pool, sent } = countingPool(url)
  return betterAuthTarget(sessions, {
    driver: 'pg',
    pool,
    joins,
    sent,
    bytesPerSession: () => bytesPerSession(pool, 'session', sessions.cookies.length),
    close: () => pool.end(),
  })
}
