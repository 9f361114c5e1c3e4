import assert from 'node:assert/strict'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Driver, type TemporaryFile, temporaryFile } from '../../../test/sqlite-database.ts'
import type { Store } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { listenTo } from '../../testing/feed-cases/recording-listener.ts'
import { type SqliteHandle, type SqliteOptions, sqlite } from './index.ts'

const pollMs = 10
const feed = { pollSeconds: pollMs / 1000 }
const users = { table: 'users', id: { type: 'integer' }, active: 'not banned' } as const

let temporary: TemporaryFile
let application: DatabaseSync
beforeEach(() => {
  temporary = temporaryFile()
  application = temporary.open('node:sqlite') as DatabaseSync
  application.exec(`pragma journal_mode = wal;
    create table users (id integer primary key, banned integer not null default 0);
    insert into users (id) values (1)`)
})
afterEach(() => temporary.remove())

function open(
  handle: SqliteHandle,
  options: SqliteOptions = { feed },
  table: UsersTable = users,
): Promise<Store> {
  return sqlite(handle, { migrate: true, ...options }).open({ users: table, clock: Date.now })
}

const ban = 'update users set banned = 1'

for (const driver of ['node:sqlite', 'better-sqlite3'] satisfies Driver[]) {
  describe(`the feed of SQLite, on ${driver}`, () => {
    it('tells of whatever another connection commits, and not of what its own does', async () => {
      const store = await open(temporary.open(driver))
      const listener = await listenTo(store.feed)
      await store.block(1)
      await store.unblock(1)
      await listener.untilConfirmed()
      assert.deepEqual(listener.invalidations, [])

      const other = await open(temporary.open(driver))
      await other.block(1)
      await listener.untilConfirmed()
      assert.deepEqual(listener.invalidations, [{ everybody: true }])
      await store.feed?.close()
    })

    it('in a transaction that somebody left open on its handle confirms nothing; then it tells all', async () => {
      const handle = temporary.open(driver)
      const store = await open(handle)
      const listener = await listenTo(store.feed)
      handle.exec('begin')
      handle.prepare('select * from users').get()
      application.exec(ban)
      const before = listener.heard.length
      await delay(10 * pollMs)
      assert.equal(listener.heard.length, before)

      handle.exec('commit')
      await listener.untilConfirmed()
      assert.deepEqual(listener.heard[before], { kind: 'invalidated', what: { everybody: true } })
      await store.feed?.close()
    })

    it('while the file is locked confirms nothing, and is not lost', async () => {
      application.exec('pragma journal_mode = delete')
      application.close()
      // Of the same library: two in one process do not see each other's locks.
      const writer = temporary.open(driver)
      const store = await open(temporary.open(driver))
      const listener = await listenTo(store.feed)
      writer.exec(`begin exclusive; ${ban}`)
      const before = listener.heard.length
      await delay(10 * pollMs)
      assert.equal(listener.heard.length, before)

      writer.exec('commit')
      await listener.untilConfirmed()
      assert.deepEqual(listener.heard[before], { kind: 'invalidated', what: { everybody: true } })
      await store.feed?.close()
    })

    it('hears of users in a file of their own, which is attached', async () => {
      const own = temporaryFile()
      const accounts = own.open('node:sqlite') as DatabaseSync
      accounts.exec(`create table users (id integer primary key, banned integer not null default 0);
        insert into users (id) values (1)`)
      const handle = temporary.open(driver)
      handle.exec(`attach '${own.file}' as accounts`)
      const store = await open(handle, { feed }, { ...users, table: 'accounts.users' })
      const listener = await listenTo(store.feed)
      accounts.exec(ban)
      await listener.untilConfirmed()
      assert.deepEqual(listener.invalidations, [{ everybody: true }])
      await store.feed?.close()
      own.remove()
    })

    it('is lost with its handle, and says why', async () => {
      const handle = temporary.open(driver)
      const store = await open(handle)
      const listener = await listenTo(store.feed)
      handle.close()
      await listener.until('it is told', () => listener.heard.at(-1)?.kind === 'lost')
      await delay(5 * pollMs)
      assert.equal(listener.heard.filter(({ kind }) => kind === 'lost').length, 1)
      await store.feed?.close()
    })
  })
}

describe('the option feed of sqlite()', () => {
  it('is off by default, and in steps of its own when it is on', async () => {
    assert.equal((await open(application, {})).feed, undefined)
    assert.equal((await open(application, { feed: false })).feed, undefined)
    assert.equal((await open(application, { feed: true })).feed?.heartbeatMs, 100)
    assert.equal((await open(application, { feed: {} })).feed?.heartbeatMs, 100)
    assert.equal((await open(application, { feed: { pollSeconds: 2 } })).feed?.heartbeatMs, 2000)
  })

  it('refuses what is no time to wait', () => {
    for (const pollSeconds of [0, 0.009, 10.1, Number.NaN, -1]) {
      assert.throws(() => sqlite(application, { feed: { pollSeconds } }), TypeError)
    }
    for (const wrong of [1, 'yes', null]) {
      assert.throws(() => sqlite(application, { feed: wrong as never }), TypeError)
    }
  })
})
