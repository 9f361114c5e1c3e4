import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fillPostgres, fillSqlite } from './fill-databases.ts'
import type { Place } from './open-sessions.ts'
import { createProcesses, type Processes } from './start-process.ts'
import type { Way } from './way.ts'

export interface Ways {
  readonly all: readonly Way[]
  /** The same as the way by access tokens, but for tokens that live as short as is possible. */
  readonly shortLived: Way
  stop(): Promise<void>
}

interface Databases {
  readonly users: number
  /** Of an empty PostgreSQL. */
  readonly url: string
  /** For the file of SQLite. */
  readonly directory: string
}

export const lifetimes = { usual: 300, shortest: 10 }

/** Every authority and every application in a process of its own; all but SQLite's share a PostgreSQL. */
export async function openWays({ users, url, directory }: Databases): Promise<Ways> {
  const sqlite: Place = { database: 'sqlite', address: join(directory, 'one-client.db') }
  const postgres: Place = { database: 'postgres', address: url }
  await fillSqlite(sqlite.address, users)
  await fillPostgres(url, users)
  const processes = createProcesses()
  try {
    const cookies = await openCookieWays(processes, sqlite, postgres)
    const { tokens, shortLived } = await openTokenWays(processes, postgres)
    return { all: [...cookies, ...tokens], shortLived, stop: () => processes.stop() }
  } catch (error) {
    await processes.stop()
    throw error
  }
}

async function openCookieWays(
  { startAuthority, startApplication }: Processes,
  sqlite: Place,
  postgres: Place,
): Promise<Way[]> {
  const besideSqlite = await startAuthority({ place: sqlite })
  const besidePostgres = await startAuthority({ place: postgres })
  const way = async (name: string, authority: Way['authority'], place: Place): Promise<Way> => {
    const application = await startApplication({ credential: 'cookie', place })
    return { name, credential: 'cookie', authority, application }
  }
  const cached = { ...postgres, hasFeed: true, isCached: true }
  return [
    await way('cookie, SQLite', besideSqlite, sqlite),
    await way('cookie, PostgreSQL', besidePostgres, postgres),
    await way('cookie, PostgreSQL, cached', besidePostgres, cached),
  ]
}

async function openTokenWays(
  { startAuthority, startApplication }: Processes,
  postgres: Place,
): Promise<{ tokens: Way[]; shortLived: Way }> {
  const place = { ...postgres, hasFeed: true }
  const authorization = `Bearer ${randomBytes(32).toString('base64url')}`
  const shared = { authorization, keyEncryptionKey: randomBytes(32).toString('base64url') }
  const { usual, shortest } = lifetimes
  const authority = await startAuthority({ place, tokens: { ...shared, lifetimeSeconds: usual } })
  const hasty = await startAuthority({ place, tokens: { ...shared, lifetimeSeconds: shortest } })

  const credential = 'access token'
  const jwksUrl = `${authority.url}/jwks.json`
  const revokedSessions = { url: `${authority.url}/ended-sessions`, authorization }
  const untold = await startApplication({ credential, jwksUrl })
  const told = await startApplication({ credential, jwksUrl, revokedSessions })
  const plain: Way = { name: credential, credential, authority, application: untold }
  return {
    tokens: [
      { ...plain, outlivesSession: true },
      { ...plain, name: `${credential}, told of ended sessions`, application: told },
    ],
    shortLived: { ...plain, authority: hasty },
  }
}
