import type { Migrations, StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
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
  const pool = connect(module, location)
  // The function depends on all of the `users` option, of which a URL says little.
  const { open, migrations } = postgres(pool, { ...naming, verifyFunction: false })
  const { pending } = migrations as PostgresMigrations
  const whole = postgres(pool, naming).migrations as PostgresMigrations
  const wanted = postgres(pool, { ...naming, feed }).migrations as PostgresMigrations

  async function refuseReplacing(definition: Definition): Promise<void> {
    if (definition.users.active !== undefined) return
    const hasTables = (await pending(definition)).length === 0
    if (hasTables && (await whole.pending(definition)).length > 0) throw madeForOthers()
  }

  return {
    open,
    migrations: {
      async pending(definition) {
        await refuseReplacing(definition)
        return wanted.pending(definition)
      },
      async migrate(definition) {
        await refuseReplacing(definition)
        return wanted.migrate(definition)
      },
    },
  }
}

type PostgresMigrations = Migrations<UsersTable>
type Definition = Parameters<PostgresMigrations['pending']>[0]

/** One without `active` would let everybody in, in every statement of the application that calls it. */
function madeForOthers(): CloakroomError {
  return new CloakroomError(
    'schema_mismatch',
    "The tables are there, and cloakroom_verify is not what it would be without --active. Migrate with the application's --config, or say --active as it does.",
  )
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
