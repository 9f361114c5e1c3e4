import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { postgres } from 'cloakroom/postgres'
import pg from 'pg'
import { openAuth } from '../remote/cloakroom.ts'
import { makeUsers as makePostgresUsers } from '../remote/postgres/databases.ts'
import { makeUsers as makeSqliteUsers, openCloakroom } from '../workload/cloakroom-database.ts'
import { type RunningProcess, startApplication, startAuthority } from './start-process.ts'
import type { Way } from './way.ts'

export interface Ways {
  readonly all: readonly Way[]
  /** The same as the way by access tokens, but for tokens that live as short as is possible. */
  readonly shortLived: Way
  stop(): Promise<void>
}

export const lifetimes = { usual: 300, shortest: 10 }

/** Every authority and every application in a process of its own; whoever uses PostgreSQL shares it. */
export async function openWays({
  users,
  url,
  directory,
}: {
  readonly users: number
  /** Of an empty PostgreSQL. */
  readonly url: string
  readonly directory: string
}): Promise<Ways> {
  const sqlitePlace = { database: 'sqlite', address: join(directory, 'one-client.db') } as const
  const postgresPlace = { database: 'postgres', address: url } as const
  await fillSqlite(sqlitePlace.address, users)
  await fillPostgres(url, users)

  const processes: RunningProcess[] = []
  async function running(start: Promise<RunningProcess>): Promise<RunningProcess> {
    const each = await start
    processes.push(each)
    return each
  }
  const stop = async () => {
    await Promise.all(processes.map((each) => each.stop()))
  }
  try {
    const authorization = `Bearer ${randomBytes(32).toString('base64url')}`
    const keyEncryptionKey = randomBytes(32).toString('base64url')
    const issuing = (lifetimeSeconds: number) =>
      running(
        startAuthority({
          place: { ...postgresPlace, hasFeed: true },
          tokens: { lifetimeSeconds, keyEncryptionKey, authorization },
        }),
      )
    const besideSqlite = await running(startAuthority({ place: sqlitePlace }))
    const plain = await running(startAuthority({ place: postgresPlace }))
    const issuer = await issuing(lifetimes.usual)
    const shortIssuer = await issuing(lifetimes.shortest)
    const jwksUrl = `${issuer.url}/jwks.json`
    const revokedSessions = { url: `${issuer.url}/ended-sessions`, authorization }

    const cookie = async (place: typeof sqlitePlace | typeof postgresPlace) =>
      running(startApplication({ credential: 'cookie', place }))
    const cachedPlace = { ...postgresPlace, hasFeed: true, isCached: true }
    const tokens = await running(startApplication({ credential: 'access token', jwksUrl }))
    const byTokens: Way = {
      name: 'access token',
      credential: 'access token',
      authority: issuer,
      application: tokens,
    }
    return {
      all: [
        {
          name: 'cookie, SQLite',
          credential: 'cookie',
          authority: besideSqlite,
          application: await cookie(sqlitePlace),
        },
        {
          name: 'cookie, PostgreSQL',
          credential: 'cookie',
          authority: plain,
          application: await cookie(postgresPlace),
        },
        {
          name: 'cookie, PostgreSQL, cached',
          credential: 'cookie',
          authority: plain,
          application: await running(
            startApplication({ credential: 'cookie', place: cachedPlace }),
          ),
        },
        { ...byTokens, outlivesSession: true },
        {
          ...byTokens,
          name: 'access token, told of ended sessions',
          application: await running(
            startApplication({ credential: 'access token', jwksUrl, revokedSessions }),
          ),
        },
      ],
      shortLived: { ...byTokens, authority: shortIssuer },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function fillSqlite(file: string, users: number): Promise<void> {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal')
  makeSqliteUsers(database, users)
  await (await openCloakroom(database, true)).close()
  database.close()
}

async function fillPostgres(url: string, users: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: url })
  await makePostgresUsers(pool, users)
  await (await openAuth(postgres(pool, { migrate: true, feed: true }))).close()
  await pool.end()
}
