import { freshMysqlDatabase, sharedMariadb } from '@cloakroom/test-servers'
import { type MysqlOptions, mysql } from 'cloakroom/mysql'
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise'
import type { UserId, UserIdType, UsersTable } from '../src/core/user.ts'
import type { FeedHarness, StoreHarness } from '../src/testing/index.ts'

export interface MysqlDatabase {
  readonly url: string
  /** For the test's own statements. */
  readonly admin: Pool
  /** A pool as an application makes it. */
  connect(options?: PoolOptions): Pool
  /** Ends a pool; done by `close` to those that are left. */
  disconnect(pool: Pool): Promise<void>
  close(): Promise<void>
}

/** A database of the test's own, empty, and whatever pools are opened on it. */
export async function freshDatabase(
  serverUrl: string | Promise<string> = sharedMariadb(),
): Promise<MysqlDatabase> {
  const url = await freshMysqlDatabase(await serverUrl)
  const pools = new Set<Pool>()
  function connect(options: PoolOptions = {}): Pool {
    const pool = createPool({ uri: url, connectionLimit: 4, ...options })
    pools.add(pool)
    return pool
  }
  async function disconnect(pool: Pool): Promise<void> {
    // A pool tells here of connections that never came about.
    if (pools.delete(pool)) await pool.end().catch(() => {})
  }
  return {
    url,
    admin: connect({ multipleStatements: true }),
    connect,
    disconnect,
    close: async () => void (await Promise.all([...pools].map(disconnect))),
  }
}

const idColumns: Readonly<Record<UserIdType, string>> = {
  // Most collations take some of the suite's users for one another, so that they could not be added.
  text: 'varchar(255) character set utf8mb4 collate utf8mb4_nopad_bin',
  uuid: 'char(36)',
  integer: 'bigint',
  bigint: 'bigint',
}

/** What `storeContract` needs, on a database of its own with an application's users table. */
export async function mysqlHarness(
  userIdType: UserIdType,
  options: MysqlOptions = {},
): Promise<StoreHarness<UsersTable> & Pick<FeedHarness, 'deleteRow'>> {
  const database = await freshDatabase()
  const { admin } = database
  await admin.query(
    `create table users (id ${idColumns[userIdType]} not null primary key, banned bool not null default false)`,
  )
  const pool = database.connect()
  const write = (sql: string) => async (id: UserId) => void (await admin.query(sql, [id]))
  return {
    store: mysql(pool, { migrate: true, ...options }),
    users: { table: 'users', id: { type: userIdType }, active: 'not banned' },
    addUser: write('insert into users (id) values (?)'),
    removeUser: write('delete from users where id = ?'),
    deactivateUser: write('update users set banned = true where id = ?'),
    clock: Date.now,
    advance: async (seconds) => {
      const statement = options.feed === undefined ? age : ageUnheard
      await admin.query(statement, Array(6).fill(Math.round(seconds * 1000)))
    },
    // Each test takes a few statements on a machine that may be busy.
    precisionMs: 5000,
    another: () => mysql(database.connect(), options),
    breakDown: () => database.disconnect(pool),
    close: () => database.close(),
    deleteRow: async (id) =>
      void (await admin.query('delete from cloakroom_sessions where id = ?', [Buffer.from(id)])),
  }
}

/** Makes everything as much older. */
const age = `update cloakroom_sessions set created_at = created_at - ?,
  last_seen_at = last_seen_at - ?, expires_at = expires_at - ?, authenticated_at = authenticated_at - ?,
  rotated_at = rotated_at - ?;
  update cloakroom_user_states set blocked_at = blocked_at - ?`

/** No feed is to hear what no time does to any row. */
const ageUnheard = `begin;
  set @last = (select coalesce(max(id), 0) from cloakroom_changes);
  ${age};
  delete from cloakroom_changes where id > @last;
  commit`

/** What `feedContract` needs. */
export async function mysqlFeedHarness(userIdType: UserIdType): Promise<FeedHarness<UsersTable>> {
  const harness = await mysqlHarness(userIdType, { feed: { pollSeconds: 0.05 } })
  return { ...harness, hearsUsers: true, isExact: true }
}
