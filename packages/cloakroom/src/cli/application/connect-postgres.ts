import type { Migrations, StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { type PgPool, type PostgresJs, postgres } from '../../stores/postgres/index.ts'
import { type Connecting, connectTimeoutSeconds } from './connecting.ts'
import { importDriver } from './import-driver.ts'
import { withoutReplacing } from './without-replacing.ts'

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
  const pool = connect(module, location)
  // The function depends on all of the `users` option, of which a URL says little.
  const { open, migrations } = postgres(pool, { ...naming, verifyFunction: false })
  const { pending } = migrations as PostgresMigrations
  const whole = postgres(pool, naming).migrations as PostgresMigrations
  const wanted = postgres(pool, { ...naming, feed }).migrations as PostgresMigrations

  return {
    open,
    migrations: withoutReplacing(wanted, async (definition) => {
      const hasTables = (await pending(definition)).length === 0
      const isOther = hasTables && (await whole.pending(definition)).length > 0
      return isOther ? 'cloakroom_verify is' : undefined
    }),
  }
}

type PostgresMigrations = Migrations<UsersTable>

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
