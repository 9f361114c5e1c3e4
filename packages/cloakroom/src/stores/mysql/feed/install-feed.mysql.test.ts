import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type PrivateServer, startMariadb } from '@cloakroom/test-servers'
import { migrate, pendingMigrations } from 'cloakroom'
import { type MysqlOptions, mysql } from 'cloakroom/mysql'
import type { RowDataPacket } from 'mysql2/promise'
import { freshDatabase, type MysqlDatabase } from '../../../../test/mysql-database.ts'
import type { Store, StoreFactory } from '../../../core/store.ts'
import type { UsersTable } from '../../../core/user.ts'
import { listenTo } from '../../../testing/feed-cases/recording-listener.ts'

const users = { table: 'users', id: { type: 'integer' }, active: 'not banned' } as const
const others: UsersTable = { ...users, active: 'not banned and not gone' }
const table = `create table users (id int primary key, banned bool not null default false,
  gone bool not null default false)`

const mismatch = (message: RegExp) => ({ code: 'schema_mismatch', message })

describe('the migration to a feed of MySQL', () => {
  let database: MysqlDatabase
  beforeEach(async () => {
    database = await freshDatabase()
    await database.admin.query(table)
  })
  afterEach(() => database.close())

  function open(options: MysqlOptions, usersTable: UsersTable = users): Promise<Store> {
    return mysql(database.connect(), options).open({ users: usersTable, clock: Date.now })
  }

  async function made(): Promise<string[]> {
    const [rows] = await database.admin.query<RowDataPacket[]>(
      `select trigger_name as name from information_schema.triggers where trigger_schema = database()
        union select table_name from information_schema.tables
        where table_schema = database() and table_name like '%changes'`,
    )
    return rows.map(({ name }) => String(name)).sort()
  }

  it('is made only where it is asked for', async () => {
    assert.equal((await open({ migrate: true })).feed, undefined)
    assert.deepEqual(await made(), [])
    await assert.rejects(open({ feed: true }), mismatch(/feed.*migrate/))

    const store = await open({ migrate: true, feed: true })
    assert.equal(store.feed?.heartbeatMs, 500)
    assert.deepEqual(await made(), [
      'cloakroom_changes',
      'cloakroom_sessions_delete',
      'cloakroom_sessions_update',
      'cloakroom_state_update',
      'cloakroom_user_states_delete',
      'cloakroom_user_states_insert',
      'cloakroom_user_states_update',
      'cloakroom_users_delete',
      'cloakroom_users_update',
    ])
    assert.equal((await open({ feed: { pollSeconds: 2 } })).feed?.heartbeatMs, 2000)
    assert.equal((await open({})).feed, undefined)
  })

  it('can be run by a tool of one’s own, statement by statement, and is done then', async () => {
    const store = mysql(database.connect(), { feed: true })
    for (const statement of await pendingMigrations({ store, users })) {
      await database.admin.query(statement)
    }
    assert.deepEqual(await pendingMigrations({ store, users }), [])
    assert.equal((await open({ feed: true })).feed?.heartbeatMs, 500)
  })

  it('of several processes at once is made by one', async () => {
    const stores = Array.from({ length: 4 }, () => mysql(database.connect(), { feed: true }))
    await Promise.all(stores.map((store) => migrate({ store, users })))
    assert.equal((await made()).length, 9)
  })

  it('for other users options is another: it is refused until it is made, and then tells everybody', async () => {
    const store = await open({ migrate: true, feed: { pollSeconds: 0.05 } })
    const listener = await listenTo(store.feed)
    await assert.rejects(open({ feed: true }, others), mismatch(/users options/))
    await open({ migrate: true, feed: true }, others)
    await listener.untilConfirmed()
    assert.deepEqual(listener.invalidations, [{ everybody: true }])
    await assert.rejects(open({ feed: true }), mismatch(/users options/))
    await store.close()
  })

  it('is made for tables in two databases, with the same prefix and the same users', async () => {
    const [[row]] = await database.admin.query<RowDataPacket[]>('select database() as name')
    const name = String(row?.name)
    await database.admin.query(`create database ${name}_2`)
    const all = [name, `${name}_2`].map((each) => ({ database: each, feed: true }))
    for (const options of all) await open({ ...options, migrate: true })
    for (const options of all) await open(options)
    await database.admin.query(`drop database ${name}_2`)
  })

  for (const lost of ['trigger cloakroom_users_update', 'table cloakroom_changes']) {
    it(`that has lost its ${lost} is noticed at start, and repaired by the next one`, async () => {
      await open({ migrate: true, feed: true })
      await database.admin.query(`drop ${lost}`)
      await assert.rejects(open({ feed: true }), mismatch(/feed/))
      await open({ migrate: true, feed: true })
      await open({ feed: true })
    })
  }

  it('puts its triggers on users in another database, and its table where sessions are', async () => {
    const own = await freshDatabase()
    const there = new URL(own.url).pathname.slice(1)
    const options = { database: there, migrate: true, feed: { pollSeconds: 0.05 } }
    const store = await open(options)
    const listener = await listenTo(store.feed)
    await database.admin.query('insert into users (id) values (1); update users set banned = true')
    await listener.untilConfirmed()
    assert.deepEqual(listener.invalidations, [{ userIds: [1] }])
    // With the other database in their names.
    assert.match(
      (await made()).join(),
      /^cloakroom_users_delete_\w{8},cloakroom_users_update_\w{8}$/,
    )
    await store.close()
    await own.close()
  })

  it('refuses what is no time to wait', () => {
    const pool = database.admin
    for (const pollSeconds of [0, 0.04, 10.1, Number.NaN]) {
      assert.throws(() => mysql(pool, { feed: { pollSeconds } }), TypeError)
    }
    for (const wrong of [1, 'yes', null]) {
      assert.throws(() => mysql(pool, { feed: wrong as never }), TypeError)
    }
  })
})

describe('the migration to a feed of MySQL, by an account that may not do everything', () => {
  let server: PrivateServer
  let database: MysqlDatabase
  before(async () => {
    const settings = { 'log-bin': 'log', 'server-id': 1, 'binlog-format': 'ROW' }
    server = await startMariadb({ settings })
  })
  beforeEach(async () => {
    database = await freshDatabase(server.url)
    // MariaDB comes with databases in which everybody may do everything, by how they are called.
    await database.admin.query(`delete from mysql.db; flush privileges;
      set global log_bin_trust_function_creators = 1; ${table}`)
  })
  afterEach(() => database.close())
  after(() => server.stop())

  /** A store of somebody with these privileges on these tables. */
  async function storeOf(
    privileges: Readonly<Record<string, string>>,
  ): Promise<StoreFactory<UsersTable>> {
    const url = new URL(database.url)
    url.username = 'somebody'
    url.password = 'secret'
    const account = `somebody@'127.0.0.1'`
    await database.admin.query(`create or replace user ${account} identified by 'secret'`)
    for (const [tables, granted] of Object.entries(privileges)) {
      await database.admin.query(`grant ${granted} on ${tables} to ${account}`)
    }
    return mysql(database.connect({ uri: url.href }), { feed: true })
  }

  const definition = { users, clock: Date.now }

  async function migrateAsAdmin(): Promise<void> {
    await migrate({ store: mysql(database.connect(), { feed: true }), users })
  }

  it('says so when that may make no triggers', async () => {
    const store = await storeOf({ '*': 'select, insert, update, delete, create, drop' })
    const refusal = mismatch(/could not be made: TRIGGER command denied/)
    await assert.rejects(migrate({ store, users }), refusal)
  })

  it('says what to do when the server writes a binary log', async () => {
    await database.admin.query('set global log_bin_trust_function_creators = 0')
    const store = await storeOf({ '*': 'all' })
    await assert.rejects(migrate({ store, users }), mismatch(/log_bin_trust_function_creators/))
    await database.admin.query('set global log_bin_trust_function_creators = 1')
    await migrate({ store, users })
    await (await store.open(definition)).close()
  })

  it('serves one that may see the triggers, and tells another what it needs', async () => {
    await migrateAsAdmin()
    const blind = await storeOf({ '*': 'select, insert, update, delete' })
    await assert.rejects(blind.open(definition), mismatch(/privilege TRIGGER/))
    const seeing = await storeOf({ '*': 'select, insert, update, delete, trigger' })
    await (await seeing.open(definition)).close()
  })

  it('refuses one that may not clean up', async () => {
    await migrateAsAdmin()
    const store = await storeOf({ '*': 'select, trigger', cloakroom_state: 'update' })
    await assert.rejects(store.open(definition), mismatch(/cannot be written/))
  })
})
