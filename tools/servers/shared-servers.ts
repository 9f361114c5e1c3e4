// Servers that many test files share, as starting one for each would take longer than its tests.
// `npm test` starts them and says in environment variables where they are; without it, a test
// file that asks for one gets one for its own process. Tests share politely: each makes a schema,
// a database or a prefix of keys of its own, and leaves alone what belongs to the whole server.
import type { PrivateServer, ServerIdentity } from './private-server.ts'
import { startMariadb } from './start-mariadb.ts'
import { startPostgres } from './start-postgres.ts'
import { startValkey } from './start-valkey.ts'
import { startValkeyCluster } from './start-valkey-cluster.ts'

interface SharedServer {
  /** Environment variable with its URL, or with those of its nodes and commas between. */
  readonly variable: string
  start(): Promise<RunningServers>
}

interface RunningServers {
  readonly server: ServerIdentity
  readonly urls: readonly string[]
  stop(): Promise<void>
}

const sharedServers = {
  postgres: { variable: 'CLOAKROOM_TEST_POSTGRES_URL', start: one(startPostgres) },
  mariadb: { variable: 'CLOAKROOM_TEST_MARIADB_URL', start: one(startMariadb) },
  valkey: { variable: 'CLOAKROOM_TEST_VALKEY_URL', start: one(startValkey) },
  'valkey-cluster': {
    variable: 'CLOAKROOM_TEST_VALKEY_CLUSTER_URLS',
    start: () => startValkeyCluster(),
  },
} as const satisfies Record<string, SharedServer>

export type SharedServerName = keyof typeof sharedServers

/** The URL of a PostgreSQL, as a superuser. */
export async function sharedPostgres(): Promise<string> {
  return await locate('postgres')
}

/** The URL of a MariaDB, as a user who may do everything. */
export async function sharedMariadb(): Promise<string> {
  return await locate('mariadb')
}

/** The URL of a Valkey or Redis that is no cluster. */
export async function sharedValkey(): Promise<string> {
  return await locate('valkey')
}

/** The URLs of all nodes of a cluster: three primaries. */
export async function sharedValkeyCluster(): Promise<string[]> {
  return (await locate('valkey-cluster')).split(',')
}

/**
 * Starts servers for all processes that this one starts until `stop()`; not those that there are
 * already. `titles` says what was started.
 */
export async function shareServers(
  names: readonly SharedServerName[],
): Promise<{ titles: string[]; stop(): Promise<void> }> {
  const missing = names.filter((name) => process.env[sharedServers[name].variable] === undefined)
  const started = await Promise.all(missing.map(share))
  return {
    titles: started.map(titleOf),
    async stop() {
      for (const name of missing) delete process.env[sharedServers[name].variable]
      await Promise.all(started.map((servers) => servers.stop()))
    },
  }
}

function titleOf({ server: { name, version }, urls }: RunningServers): string {
  return `${urls.length > 1 ? `${urls.length} × ` : ''}${name} ${version}`
}

const starting = new Map<SharedServerName, Promise<RunningServers>>()

async function locate(name: SharedServerName): Promise<string> {
  const { variable } = sharedServers[name]
  if (process.env[variable] === undefined) {
    const start = starting.get(name) ?? share(name)
    starting.set(name, start)
    await start
  }
  return process.env[variable] ?? ''
}

async function share(name: SharedServerName): Promise<RunningServers> {
  const { variable, start }: SharedServer = sharedServers[name]
  const servers = await start()
  process.env[variable] = servers.urls.join(',')
  return servers
}

function one(start: () => Promise<PrivateServer>): () => Promise<RunningServers> {
  return async () => {
    const server = await start()
    return { server: server.server, urls: [server.url], stop: () => server.stop() }
  }
}
