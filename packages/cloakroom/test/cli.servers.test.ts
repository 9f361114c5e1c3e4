import {
  freshMysqlDatabase,
  freshPostgresDatabase,
  queryPostgres,
  sharedMariadb,
  sharedPostgres,
  sharedValkey,
  sharedValkeyCluster,
} from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { createCluster } from 'redis'
import { cloakroom } from '../src/index.ts'
import { mysql } from '../src/stores/mysql/index.ts'
import { postgres } from '../src/stores/postgres/index.ts'
import { valkey } from '../src/stores/valkey/index.ts'
import { type CliHarness, cliCases, cliUsers } from './cli-cases.ts'

cliCases('PostgreSQL, with pg', async () => ({
  ...(await onPostgres('pg')),
  // This server has no standby that it could wait for.
  replicated: { code: 69, isRevoked: true },
}))
cliCases('PostgreSQL, with postgres', async () => ({
  ...(await onPostgres('postgres')),
  // The driver hides the warning by which the server tells that a wait was cut short.
  replicated: { code: 2, isRevoked: false },
}))
cliCases('MariaDB, with mysql2', onMariadb)
for (const driver of ['redis', 'iovalkey']) {
  cliCases(`Valkey, with ${driver}`, () => onValkey(driver))
}
cliCases('a Valkey cluster, by a config', onCluster)

const insertUsers = `insert into users (id) values ${cliUsers.map((id) => `('${id}')`).join()}`

async function onPostgres(driver: string): Promise<CliHarness> {
  const url = await freshPostgresDatabase(await sharedPostgres())
  await queryPostgres(url, 'create table users (id text primary key)')
  await queryPostgres(url, insertUsers)
  const pool = new Pool({ connectionString: url, max: 2 })
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: postgres(pool, { migrate: true }),
    users: { table: 'users', id: { type: 'text' } },
  })
  return {
    packages: [driver],
    database: ['--id-type', 'text'],
    environment: { DATABASE_URL: url },
    auth,
    async close() {
      await auth.close()
      await pool.end()
    },
  }
}

async function onMariadb(): Promise<CliHarness> {
  const url = await freshMysqlDatabase(await sharedMariadb())
  const pool = createPool({ uri: url, connectionLimit: 2 })
  await pool.query('create table users (id varchar(255) primary key) collate utf8mb4_bin')
  await pool.query(insertUsers)
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: mysql(pool, { migrate: true }),
    users: { table: 'users', id: { type: 'text' } },
  })
  return {
    packages: ['mysql2'],
    // MySQL tells only its administrators what a replica has.
    replicated: { code: 2, isRevoked: false },
    database: ['--id-type', 'text'],
    environment: { DATABASE_URL: url },
    auth,
    async close() {
      await auth.close()
      await pool.end()
    },
  }
}

async function onValkey(driver: string): Promise<CliHarness> {
  const url = await sharedValkey()
  const prefix = `cli-${driver}:`
  const client = new Redis(url)
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: valkey(client, { prefix }),
    users: { load: (id: string) => ({ id }) },
  })
  return {
    packages: [driver],
    database: ['--id-type', 'text', '--prefix', prefix],
    environment: { DATABASE_URL: url },
    // How many there are has to be said, which takes a config.
    replicated: { code: 2, isRevoked: false },
    auth,
    async close() {
      await auth.close()
      client.disconnect()
    },
  }
}

// Its connections stay open: nobody but the application could close them.
async function onCluster(): Promise<CliHarness> {
  const rootNodes = (await sharedValkeyCluster()).map((url) => ({ url }))
  const config = `import { valkey } from 'cloakroom/valkey'
import { createCluster } from 'redis'

export const options = async () => {
  const cluster = createCluster({ rootNodes: ${JSON.stringify(rootNodes)} })
  await cluster.connect()
  return {
    store: valkey(cluster, { prefix: 'cli:' }),
    users: { load: (id: string) => ({ id }) },
  }
}`
  const cluster = createCluster({ rootNodes })
  await cluster.connect()
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: valkey(cluster, { prefix: 'cli:' }),
    users: { load: (id: string) => ({ id }) },
  })
  return {
    config,
    database: ['--config', 'auth.ts'],
    replicated: { code: 2, isRevoked: false },
    auth,
    async close() {
      await auth.close()
      await cluster.close()
    },
  }
}
