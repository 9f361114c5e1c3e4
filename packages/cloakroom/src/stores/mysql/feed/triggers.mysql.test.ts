import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { mysql } from 'cloakroom/mysql'
import type { RowDataPacket } from 'mysql2/promise'
import { countChanges } from '../../../../test/changes-feed.ts'
import { freshDatabase, type MysqlDatabase } from '../../../../test/mysql-database.ts'
import type { Store } from '../../../core/store.ts'
import type { UserId, UserIdType, UsersTable } from '../../../core/user.ts'
import { listenTo } from '../../../testing/feed-cases/recording-listener.ts'
import { begin } from '../../../testing/store-cases/session-rows.ts'

const clock = Date.now
const feed = { pollSeconds: 0.05 }

describe('the triggers of MySQL', () => {
  let database: MysqlDatabase
  let store: Store
  beforeEach(async () => {
    database = await freshDatabase()
  })
  afterEach(async () => {
    await store?.close()
    await database.close()
  })

  async function open(table: string, users: Omit<UsersTable, 'table'>): Promise<Store> {
    await database.admin.query(table)
    const factory = mysql(database.connect(), { migrate: true, feed })
    store = await factory.open({ users: { table: 'users', ...users }, clock })
    await database.admin.query('delete from cloakroom_changes')
    return store
  }

  /** How many changes a statement writes down. */
  async function countOf(sql: string): Promise<number> {
    const before = await countChanges(database.admin)
    await database.admin.query(sql)
    return (await countChanges(database.admin)) - before
  }

  async function lastUserId(): Promise<string> {
    const [rows] = await database.admin.query<RowDataPacket[]>(
      'select hex(user_id) as id from cloakroom_changes order by id desc limit 1',
    )
    return String(rows[0]?.id)
  }

  describe('on the users table', () => {
    const table = `create table users (id int primary key, email varchar(50) null, banned bool not null,
      deleted_at datetime null, last_login datetime null, name varchar(50) not null,
      expires_at bigint null, logins int not null);
      create table bans (user_id int primary key);
      insert into users values (1, 'ada@x', false, null, null, 'Ada', null, 0),
        (2, 'bob@x', false, null, null, 'Bob', null, 0)`
    const id = { type: 'integer' } as const

    const conditions: Record<string, string> = {
      'by their names': 'not banned and deleted_at is null -- and last_login is null',
      'by the name of the table': 'not users.banned and `users`.`deleted_at` is null',
      'in capitals': 'NOT BANNED AND Deleted_At IS NULL',
      'in a subquery': `not banned and not exists (select 1 from bans
        where bans.user_id = users.id and deleted_at is not null)`,
    }
    for (const [how, active] of Object.entries(conditions)) {
      it(`write down changes of the columns that active reads ${how}, and of no others`, async () => {
        await open(table, { id, active, select: { email: { type: 'text', nullable: true } } })
        const told = {
          'update users set last_login = now(), logins = logins + 1': 0,
          "update users set name = 'Eve', expires_at = 1": 0,
          'update users set banned = banned': 0,
          'update users set banned = true where id = 1': 1,
          'update users set deleted_at = now()': 2,
          "update users set email = 'new@x' where id = 2": 1,
          "update users set email = 'NEW@x' where id = 2": 1,
          'update users set email = null where id = 2': 1,
          'update users set id = 3 where id = 2': 1,
          'delete from users where id = 3': 1,
          'insert into users select 4, email, banned, deleted_at, last_login, name, expires_at, 0 from users': 0,
        }
        for (const [sql, count] of Object.entries(told)) {
          assert.equal(await countOf(sql), count, sql)
        }
      })
    }

    it('compare all columns, where active names the table as nothing else can be called', async () => {
      const active = `not \`${new URL(database.url).pathname.slice(1)}\`.users.banned`
      await open(table, { id, active })
      assert.equal(await countOf('update users set banned = true where id = 1'), 1)
      assert.equal(await countOf('update users set last_login = now() where id = 1'), 1)
    })

    it('without active or select: only of who is deleted, or gets another id', async () => {
      await open(table, { id })
      assert.equal(await countOf('update users set banned = true, email = null'), 0)
      assert.equal(await countOf('delete from users where id = 1'), 1)
    })

    it('do not hear of users whom a cascade deletes: only maxAgeSeconds bounds those', async () => {
      await open(
        `create table tenants (id int primary key);
         create table users (id int primary key, tenant int not null,
           foreign key (tenant) references tenants (id) on delete cascade);
         insert into tenants values (1); insert into users values (1, 1)`,
        { id },
      )
      const { id: sessionId } = await begin({ store, clock }, 1)
      assert.equal(await countOf('delete from tenants'), 0)
      // The next verification by the database does.
      assert.equal((await store.find(sessionId))?.user, undefined)
    })
  })

  describe('with user ids', () => {
    const long = 'ü'.repeat(255)
    const uuid = '0190b3a0-7c1e-7000-8000-0123456789ab'
    const bytes = uuid.replaceAll('-', '')
    type Case = readonly [type: string, declared: UserIdType, id: UserId, own: string]
    const cases: readonly Case[] = [
      ['varchar(255) character set latin1', 'text', 'Zoë', Buffer.from('Zoë').toString('hex')],
      ['varchar(255) character set utf8mb4', 'text', long, Buffer.from(long).toString('hex')],
      ['char(36)', 'uuid', uuid.toUpperCase(), bytes],
      ['varchar(40) character set utf16', 'uuid', uuid, bytes],
      ['uuid', 'uuid', uuid, bytes],
      ['bigint', 'bigint', '-9007199254740993', ''],
    ]
    for (const [type, declared, id, own] of cases) {
      it(`of the type ${type}: tell of the user as sessions know it`, async () => {
        await open(`create table users (id ${type} primary key)`, { id: { type: declared } })
        await database.admin.query('insert into users values (?)', [id])
        const apiId = declared === 'uuid' ? String(id).toLowerCase() : id
        const { session } = await begin({ store, clock }, apiId)
        const listener = await listenTo(store.feed)
        assert.equal(await countOf('delete from users'), 1)
        if (own !== '') assert.equal((await lastUserId()).toLowerCase(), own)
        await listener.untilConfirmed()
        assert.deepEqual(listener.invalidations, [{ userIds: [session.userId] }])
      })
    }

    it('of binary(16): tell of the user as sessions know it', async () => {
      await open('create table users (id binary(16) primary key)', { id: { type: 'uuid' } })
      await database.admin.query('insert into users values (unhex(?))', [bytes])
      assert.equal(await countOf('delete from users'), 1)
      assert.equal((await lastUserId()).toLowerCase(), bytes)
    })

    const strangers: readonly (readonly [columns: string, ...rest: [UserIdType, UserId]])[] = [
      ['id varchar(100) primary key', 'uuid', 'nobody'],
      ['id varchar(100) primary key', 'uuid', 'ff'.repeat(40)],
      ['id varchar(2000), unique (id) using hash', 'text', 'x'.repeat(2000)],
      ['id bigint unsigned primary key', 'bigint', '18446744073709551615'],
    ]
    for (const [columns, type, id] of strangers) {
      const short = String(id).slice(0, 20)
      it(`that no session can have, ${short} as ${type}: fail no statement, and are not everybody`, async () => {
        await open(`create table users (${columns})`, { id: { type } })
        await database.admin.query('insert into users (id) values (?)', [id])
        const listener = await listenTo(store.feed)
        await database.admin.query(`set session sql_mode = 'TRADITIONAL'; delete from users`)
        await listener.untilConfirmed()
        assert.ok(!listener.invalidations.some((what) => 'everybody' in what))
      })
    }
  })

  describe('on our own tables', () => {
    const users = { id: { type: 'integer' } } as const
    const table = 'create table users (id int primary key); insert into users values (1), (2)'

    it('write nothing down for a touch, a sign-in, a lease or a clean-up', async () => {
      await open(table, users)
      const { id } = await begin({ store, clock }, 1)
      await store.touch([id], 0)
      await store.largestLease(1000)
      await database.admin.query('update cloakroom_sessions set expires_at = 1')
      await database.admin.query('delete from cloakroom_changes')
      assert.equal(await store.prune(), 1)
      assert.equal(await countChanges(database.admin), 0)
    })

    it('hold up nobody: a transaction that ends a session leaves everybody else free', async () => {
      await open(table, users)
      const [one, other] = [await begin({ store, clock }, 1), await begin({ store, clock }, 2)]
      const slow = await database.admin.getConnection()
      await slow.beginTransaction()
      await slow.query('delete from cloakroom_sessions where id = ?', [Buffer.from(one.id)])
      await slow.query('update users set id = 3 where id = 1')
      await store.block(2)
      await store.revoke({ sessionId: other.id })
      await store.largestLease(5000)
      await database.admin.query('update cloakroom_state set epoch = epoch + 1')
      await store.unblock(2)
      await begin({ store, clock }, 2)
      await slow.rollback()
      slow.release()
    })

    it('write down each of 20,000 sessions that one statement deletes', async (t) => {
      await open(table, users)
      const insert = `insert into cloakroom_sessions (id, secret_hash, family_hash, user_id, epoch,
        created_at, last_seen_at, expires_at, persistent, methods, data, data_version)
        select unhex(lpad(hex(seq), 32, '0')), repeat('s', 32), repeat('f', 32), 1, 0, 0, 0,
          unix_timestamp() * 2000, 1, '', '{}', 0 from seq_1_to_20000`
      async function time(): Promise<number> {
        await database.admin.query(insert)
        const start = performance.now()
        await database.admin.query('delete from cloakroom_sessions')
        return performance.now() - start
      }
      const withTrigger = await time()
      assert.equal(await countChanges(database.admin), 20_000)
      await database.admin.query('drop trigger cloakroom_sessions_delete')
      const without = await time()
      // A figure for the docs. No limit: how fast a busy machine is proves nothing.
      t.diagnostic(`${(withTrigger / without).toFixed(1)} times as long with the trigger`)
    })
  })
})
