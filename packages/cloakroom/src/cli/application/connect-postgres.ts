import type { StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { type PgPool, type PostgresJs, postgres } from '../../stores/postgres/index.ts'
import { type Connecting, connectTimeoutSeconds } from './connecting.ts'
import { importDriver } from './import-driver.ts'

interface Pg {
  readonly Pool: new (
    options: object,
  ) => PgPool & { on(event: 'error', listener: () => void): unknown }
}

type CreatePostgresJs = (url: string, options: object) => PostgresJs

const connections = 2

export async function connectPostgres({
  location,
  naming,
  feed,
  directory,
}: Connecting): Promise<StoreFactory<UsersTable>> {
  const drivers = ['pg', 'postgres']
  const { name, module } = await importDriver<unknown>('PostgreSQL', drivers, directory)
  const connect = name === 'pg' ? connectPg : connectPostgresJs
  return postgres(connect(module, location), { ...naming, feed })
}

function connectPg(module: unknown, connectionString: string): PgPool {
  const pool = new (module as Pg).Pool({
    connectionString,
    max: connections,
    connectionTimeoutMillis: connectTimeoutSeconds * 1000,
  })
  // A connection lost while nobody uses it is no reason to crash.
  pool.on('error', () => {})
  return pool
}

function connectPostgresJs(module: unknown, url: string): PostgresJs {
  return (module as CreatePostgresJs)(url, {
    max: connections,
    connect_timeout: connectTimeoutSeconds,
    onnotice: () => {},
  })
}
