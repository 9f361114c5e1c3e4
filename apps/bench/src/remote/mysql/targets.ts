import { mysql } from 'cloakroom/mysql'
import connectMysql from 'express-mysql-session'
import session from 'express-session'
import type { RowDataPacket } from 'mysql2/promise'
import type { BetterAuthHandle } from '../../workload/better-auth-database.ts'
import type { Workload } from '../../workload/workload.ts'
import { type BetterAuthSessions, betterAuthTarget } from '../better-auth.ts'
import { cloakroomTarget, openAuth } from '../cloakroom.ts'
import { expressSession } from '../express-session.ts'
import type { RemoteTarget } from '../remote-target.ts'
import { type SignedIn, signInAll } from '../sign-in-all.ts'
import { bareTarget } from './bare.ts'
import { countedPool } from './counted-pool.ts'
import {
  bytesPerSession,
  makeBetterAuthSessions,
  makeConnectSessions,
  makeUsers,
} from './databases.ts'

export interface MysqlTargets {
  /** One query a request, by nobody's library. */
  readonly bare: RemoteTarget
  readonly cloakroom: RemoteTarget
  readonly betterAuth: readonly RemoteTarget[]
  readonly all: readonly RemoteTarget[]
}

/** Makes the data, and opens every target on it with a pool of its own of the same size. */
export async function openMysqlTargets(
  workload: Workload,
  url: string,
  progress: (line: string) => void,
): Promise<MysqlTargets> {
  const betterAuthUrl = await createDatabase(url, 'better_auth')
  const { signedIn, connectIds } = await fillApplication(workload, url, progress)
  progress('Making the sessions of Better Auth')
  const { pool } = countedPool(betterAuthUrl)
  const betterAuthSessions = await makeBetterAuthSessions(pool, workload)
  await pool.end()

  const cloakroom = await onMysql(url, signedIn)
  const bare = await bareTarget(url, signedIn)
  const connect = onConnect(url, connectIds)
  const betterAuth = [onBetterAuth(betterAuthUrl, betterAuthSessions)]
  return { bare, cloakroom, betterAuth, all: [bare, cloakroom, connect, ...betterAuth] }
}

async function createDatabase(url: string, name: string): Promise<string> {
  const { pool } = countedPool(url)
  await pool.query('create database ??', [name])
  await pool.end()
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

async function fillApplication(
  workload: Workload,
  url: string,
  progress: (line: string) => void,
): Promise<{ signedIn: SignedIn; connectIds: readonly string[] }> {
  const { pool } = countedPool(url)
  await makeUsers(pool, workload.users)
  progress(`Signing in ${workload.owners.length} sessions with Cloakroom`)
  const auth = await openAuth(mysql(pool, { migrate: true }))
  const signedIn = await signInAll(auth, workload)
  await auth.close()
  progress('Making the sessions of express-mysql-session')
  const connectIds = await makeConnectSessions(pool, workload)
  await pool.end()
  return { signedIn, connectIds }
}

async function onMysql(url: string, signedIn: SignedIn): Promise<RemoteTarget> {
  const { pool, sent } = countedPool(url)
  return cloakroomTarget(signedIn, {
    name: 'Cloakroom on mysql2',
    auth: await openAuth(mysql(pool)),
    sent,
    bytesPerSession: () => bytesPerSession(pool, 'cloakroom_sessions', signedIn.tokens.length),
    close: () => pool.end(),
  })
}

function onConnect(url: string, ids: readonly string[]): RemoteTarget {
  const { pool, sent } = countedPool(url)
  const Store = connectMysql(session as never)
  const store = new Store({ clearExpired: false, createDatabaseTable: false }, pool as never)
  return expressSession({
    name: 'express-session with express-mysql-session',
    store: store as never,
    ids,
    async loadUser(id) {
      const [rows] = await pool.execute<RowDataPacket[]>(
        'select id, email, name from users where id = ? and not banned',
        [id],
      )
      return rows[0]?.id as number | undefined
    },
    sent,
    bytesPerSession: () => bytesPerSession(pool, 'sessions', ids.length),
    close: () => pool.end(),
  })
}

function onBetterAuth(url: string, sessions: BetterAuthSessions): RemoteTarget {
  const { pool, sent } = countedPool(url)
  return betterAuthTarget(sessions, {
    driver: 'mysql2',
    pool: pool as unknown as BetterAuthHandle,
    joins: false,
    sent,
    bytesPerSession: () => bytesPerSession(pool, 'session', sessions.cookies.length),
    close: () => pool.end(),
  })
}
