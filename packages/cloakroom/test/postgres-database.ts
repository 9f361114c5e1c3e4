import { freshPostgresSchema, sharedPostgres } from '@cloakroom/test-servers'
import { Pool } from 'pg'
import openPostgresJs from 'postgres'
import type { UserIdType, UsersTable } from '../src/core/user.ts'
import {
  type PgPool,
  type PostgresJs,
  type PostgresOptions,
  postgres,
} from '../src/stores/postgres/index.ts'
import type { StoreHarness } from '../src/testing/index.ts'

export type Driver = 'pg' | 'postgres.js'

export interface OpenPool {
  readonly pool: PgPool | PostgresJs
  /** May be called again. */
  close(): Promise<void>
}

/** A pool as an application has it. */
export function openPool(driver: Driver, url: string): OpenPool {
  if (driver === 'pg') {
    const pool = new Pool({ connectionString: url })
    // What the manual of pg asks of every application: a lost idle connection would end the process.
    pool.on('error', () => undefined)
    return { pool, close: async () => (pool.ending ? undefined : await pool.end()) }
  }
  const sql = openPostgresJs(url, { onnotice: () => undefined })
  // Without a limit it never resolves once a connection was lost (porsager/postgres#1142).
  return { pool: sql, close: () => sql.end({ timeout: 1 }) }
}

export interface TestDatabase {
  /** Leads to a schema with nothing in it. */
  readonly url: string
  readonly schema: string
  /** For the application's own statements. */
  readonly application: Pool
  open(driver: Driver, url?: string): OpenPool
  /** Closes all of the pools. */
  close(): Promise<void>
}

/** A schema of the test's own, and whatever pools are opened on it. */
export async function testDatabase(server?: string): Promise<TestDatabase> {
  const fresh = await freshPostgresSchema(server ?? (await sharedPostgres()))
  const { schema } = fresh
  // By this name the server tells whose a connection is.
  const url = `${fresh.url}&application_name=${schema}`
  const pools: OpenPool[] = []
  const open = (driver: Driver, to = url) => {
    const pool = openPool(driver, to)
    pools.push(pool)
    return pool
  }
  return {
    url,
    schema,
    application: open('pg').pool as Pool,
    open,
    async close() {
      await Promise.all(pools.map((pool) => pool.close()))
    },
  }
}

/** What `storeContract` needs, in a schema of its own with an application's users table. */
export async function postgresHarness(
  driver: Driver,
  userIdType: UserIdType,
  options: PostgresOptions = {},
): Promise<StoreHarness<UsersTable> & { readonly database: TestDatabase }> {
  const database = await testDatabase()
  const { application, open } = database
  const run = async (sql: string, values: unknown[]): Promise<void> => {
    await application.query(sql, values)
  }
  await run(
    `create table users (id ${columnTypes[userIdType]} primary key, banned boolean not null)`,
    [],
  )
  const { pool, close } = open(driver)
  return {
    database,
    store: postgres(pool, { migrate: true, timeoutSeconds, ...options }),
    users: { table: 'users', id: { type: userIdType }, active: 'not banned' },
    addUser: (id) => run('insert into users (id, banned) values ($1, false)', [id]),
    removeUser: (id) => run('delete from users where id = $1', [id]),
    deactivateUser: (id) => run('update users set banned = true where id = $1', [id]),
    clock: Date.now,
    advance: (seconds) => run(older(seconds), []),
    precisionMs: 5000,
    another: () => postgres(open(driver).pool, { timeoutSeconds, ...options }),
    breakDown: close,
    close: () => database.close(),
  }
}

const timeoutSeconds = 30

const columnTypes = { text: 'text', uuid: 'uuid', integer: 'bigint', bigint: 'bigint' } as const

// By no trigger: time passes unheard.
const older = (seconds: number) => `begin;
  set local session_replication_role = replica;
  update cloakroom_sessions set created_at = created_at - ${seconds} * interval '1 second',
    last_seen_at = last_seen_at - ${seconds} * interval '1 second',
    expires_at = expires_at - ${seconds} * interval '1 second',
    authenticated_at = authenticated_at - ${seconds} * interval '1 second',
    rotated_at = rotated_at - ${seconds} * interval '1 second';
  update cloakroom_user_states set blocked_at = blocked_at - ${seconds} * interval '1 second';
  commit`
