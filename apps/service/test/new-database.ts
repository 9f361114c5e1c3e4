import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshMysqlDatabase, freshPostgresSchema } from '@cloakroom/test-servers'
import { type DatabaseAddress, readConfig } from '../src/config.ts'
import { openShell, type SqlShell } from './sql-shell.ts'

export interface TestDatabase {
  readonly kind: DatabaseAddress['kind']
  /** Whether the sessions are elsewhere. */
  readonly hasSessionStore: boolean
  readonly address: DatabaseAddress
  /** What a service needs to use it. */
  readonly environment: Readonly<Record<string, string>>
  /** A statement as from an SQL shell. */
  readonly sql: SqlShell['run']
  readonly breakInserts: SqlShell['breakInserts']
  /** Moves all sessions into the past, where their clock is not the test's to move. */
  ageSessions(seconds: number): Promise<void>
  remove(): Promise<void>
}

/** Where test databases are made. */
export interface TestServers {
  /** A server, as a user of it who may make databases. `undefined`: SQLite files. */
  readonly databaseUrl: string | undefined
  /** A Valkey for the sessions. `undefined`: they are beside the users. */
  readonly sessionStoreUrl: string | undefined
}

const fromEnvironment: TestServers = {
  databaseUrl: process.env.SERVICE_TEST_DATABASE_URL,
  sessionStoreUrl: process.env.SERVICE_TEST_SESSION_STORE_URL,
}

/** Of those that a Valkey has, each service gets one. */
let databases = 0

/** An empty database: a file of its own, or one on the server that the environment names. */
export async function newDatabase(servers: TestServers = fromEnvironment): Promise<TestDatabase> {
  const { databaseUrl, sessionStoreUrl } = servers
  const { url, drop } = await (databaseUrl === undefined ? newFile() : newOnServer(databaseUrl))
  const { database: address } = readConfig({ DATABASE_URL: url })
  databases += 1
  let shell: Promise<SqlShell> | undefined
  const opened = () => {
    shell ??= openShell(address)
    return shell
  }
  return {
    kind: address.kind,
    hasSessionStore: sessionStoreUrl !== undefined,
    address,
    environment: {
      DATABASE_URL: url,
      ...(sessionStoreUrl && { SESSION_STORE_URL: `${sessionStoreUrl}/${1 + (databases % 15)}` }),
    },
    sql: async (statement, ...values) => (await opened()).run(statement, ...values),
    breakInserts: async (table) => (await opened()).breakInserts(table),
    ageSessions: async (seconds) => (await opened()).ageSessions?.(seconds),
    async remove() {
      await (await shell)?.close()
      await drop()
    },
  }
}

interface New {
  readonly url: string
  drop(): Promise<void>
}

// Thousands of commits, and no power failure to survive: in memory where the system offers that.
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

async function newFile(): Promise<New> {
  const folder = await mkdtemp(join(root, 'cloakroom-service-'))
  return {
    url: join(folder, 'service.sqlite'),
    drop: () => rm(folder, { recursive: true, force: true }),
  }
}

async function newOnServer(server: string): Promise<New> {
  const { kind } = readConfig({ DATABASE_URL: server }).database
  const url =
    kind === 'postgres' ? (await freshPostgresSchema(server)).url : await freshMysqlDatabase(server)
  // It goes with the server.
  return { url, drop: async () => {} }
}
