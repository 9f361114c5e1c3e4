import type { TestContext } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { Client } from 'pg'
import { type Cloakroom, cloakroom } from '../src/cloakroom.ts'
import type { Store } from '../src/core/store.ts'
import type { AnyUser } from '../src/core/user.ts'
import { type PostgresOptions, postgres } from '../src/stores/postgres/index.ts'
import type { AuthOptions } from '../src/testing/fixture.ts'
import { type Driver, type OpenPool, type TestDatabase, testDatabase } from './postgres-database.ts'

/** A database with the users 1 to 100, and as many processes on it as a test wants. */
export interface UsersDatabase extends TestDatabase {
  /** A store over a pool of its own, as another process would have it. */
  store(options?: PostgresOptions & { driver?: Driver; url?: string }): Promise<Store>
  auth(options?: ProcessOptions): Promise<Cloakroom<AnyUser>>
  /** Locks what a statement of the application selects, until the result is called. */
  hold(sql: string, values?: unknown[]): Promise<() => Promise<void>>
  /** How many of this database's statements wait for locks. */
  waiting(): Promise<number>
  /** Resolves when it is so many. */
  untilWaiting(count: number): Promise<void>
}

export interface ProcessOptions extends PostgresOptions {
  readonly driver?: Driver
  /** Default: a pool of its own. */
  readonly pool?: OpenPool['pool']
  readonly auth?: AuthOptions
}

export const users = { table: 'users', id: { type: 'integer' }, active: 'not banned' } as const

/** @param server Its URL; the shared one unless told. */
export async function usersDatabase(t: TestContext, server?: string): Promise<UsersDatabase> {
  const database = await testDatabase(server)
  t.after(() => database.close())
  const { application, schema } = database
  await application.query(
    `create table users (id integer primary key, banned boolean not null default false);
     insert into users select generate_series(1, 100)`,
  )

  async function auth(options: ProcessOptions = {}): Promise<Cloakroom<AnyUser>> {
    const { driver = 'pg', pool = database.open(driver).pool, auth = {}, ...rest } = options
    const made = await cloakroom({
      origin: 'https://app.example',
      store: postgres(pool, { migrate: true, ...rest }),
      users,
      pruneIntervalSeconds: false,
      ...auth,
    })
    t.after(() => made.close())
    return made
  }

  async function waiting(): Promise<number> {
    const { rows } = await application.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and application_name = $1`,
      [schema],
    )
    return rows.length
  }

  return {
    ...database,
    auth,
    async store({ driver = 'pg', url, ...options } = {}) {
      const factory = postgres(database.open(driver, url).pool, { migrate: true, ...options })
      return factory.open({ users, clock: Date.now })
    },
    async hold(sql, values = []) {
      const client = new Client({ connectionString: database.url })
      await client.connect()
      t.after(() => client.end())
      await client.query('begin')
      await client.query(sql, values)
      return () => client.end()
    },
    waiting,
    untilWaiting: (count) =>
      waitUntil(`${count} statements wait`, async () => (await waiting()) === count),
  }
}
