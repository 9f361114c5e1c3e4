import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import {
  type FaultyProxy,
  type PrivateServer,
  startMariadb,
  startProxy,
} from '@cloakroom/test-servers'
import { mysql } from 'cloakroom/mysql'
import type { Pool } from 'mysql2/promise'
import type { Store } from '../src/core/store.ts'
import { listenTo, type RecordingListener } from '../src/testing/feed-cases/recording-listener.ts'
import { begin } from '../src/testing/store-cases/session-rows.ts'
import { freshDatabase, type MysqlDatabase } from './mysql-database.ts'

const clock = Date.now
const users = { table: 'users', id: { type: 'integer' } } as const
const timeoutSeconds = 0.5
const pollSeconds = 0.05
/** Time-out and poll, and as much again as a busy machine may take. */
const lostWithinMs = 20_000

let server: PrivateServer
let proxy: FaultyProxy
let database: MysqlDatabase
let store: Store
let listener: RecordingListener
before(async () => {
  server = await startMariadb({ durable: true })
  proxy = await startProxy({ url: server.url })
})
beforeEach(async () => {
  database = await freshDatabase(server.url)
  await database.admin.query(
    'create table users (id int primary key); insert into users values (1)',
  )
  await (await open(database.connect(), true)).close()
})
afterEach(async () => {
  await store.close()
  await database.close()
})
after(async () => {
  await proxy.stop()
  await server.stop()
})

function open(pool: Pool, migrate = false): Promise<Store> {
  const factory = mysql(pool, {
    migrate,
    timeoutSeconds: migrate ? 5 : timeoutSeconds,
    feed: { pollSeconds },
  })
  return factory.open({ users, clock })
}

async function listen(pool: Pool): Promise<void> {
  store = await open(pool)
  listener = await listenTo(store.feed)
}

function throughProxy(): Pool {
  const url = new URL(database.url)
  url.port = String(proxy.port)
  return database.connect({ uri: url.href, connectTimeout: 1000 })
}

function kindsFrom(from: number): string[] {
  return listener.heard.slice(from).map(({ kind }) => kind)
}

/** It says so in time, and confirms nothing that began after the fault until it listens again. */
async function assertLost(cause: () => unknown): Promise<void> {
  const from = listener.heard.length
  const before = performance.now()
  await cause()
  const broken = performance.now()
  await listener.until('it is lost', () => kindsFrom(from).includes('lost'))
  assert.ok(performance.now() - before < lostWithinMs)
  const heard = listener.heard.slice(from)
  const late = heard.filter((each) => each.kind === 'confirmed' && each.startedAt > broken)
  assert.deepEqual(late, [])
}

/** What is revoked meanwhile need not be told: from then on everything is. */
async function assertMended(mend: () => unknown): Promise<void> {
  const from = listener.heard.length
  await mend()
  await listener.until('it listens again', () => kindsFrom(from).includes('listening'))
  const other = await open(database.connect())
  const { id, session } = await begin({ store: other, clock }, 1)
  const begun = listener.heard.length
  await other.revoke({ sessionId: id })
  await listener.untilConfirmed()
  // A server that has just begun can be slow enough to be lost once more: to listen anew covers it.
  const isAnew = kindsFrom(begun).includes('listening')
  assert.ok(isAnew || listener.covers(session, begun), JSON.stringify(listener.heard.slice(from)))
  await other.close()
}

describe('the feed of a MySQL', () => {
  it('that is killed is lost, and listens again when it is back', async () => {
    await listen(database.connect())
    await assertLost(() => server.kill())
    await assertMended(() => server.restart())
  })

  it('that stands still is lost, and listens again when it goes on', async () => {
    await listen(database.connect())
    await assertLost(() => server.pause())
    await assertMended(() => server.resume())
  })

  it('behind a network that swallows everything is lost, and listens again when it does not', async () => {
    await listen(throughProxy())
    await assertLost(() => proxy.blackHole())
    await assertMended(() => proxy.restore())
  })

  it('whose connections are cut reads over a new one, and misses nothing', async () => {
    await listen(throughProxy())
    const { id, session } = await begin({ store, clock }, 1)
    await proxy.cut()
    const other = await open(database.connect())
    await other.revoke({ sessionId: id })
    await listener.untilConfirmed()
    const isLost = kindsFrom(0).includes('lost')
    assert.ok(isLost || listener.covers(session))
    await other.close()
  })

  it('that has become read-only, as a replica is, confirms nothing', async () => {
    await listen(database.connect())
    await assertLost(() => database.admin.query('set global read_only = 1'))
    await assertMended(() => database.admin.query('set global read_only = 0'))
  })

  it('whose pool the application has taken up is lost, and holds nothing back from it', async () => {
    const pool = database.connect({ connectionLimit: 2 })
    await listen(pool)
    const held: Awaited<ReturnType<Pool['getConnection']>>[] = []
    await assertLost(async () => {
      held.push(await pool.getConnection(), await pool.getConnection())
    })
    await assertMended(() => {
      for (const connection of held) connection.release()
    })
  })

  it('whose table is dropped is lost, and listens again when it is made again', async () => {
    await listen(database.connect())
    await assertLost(() => database.admin.query('drop table cloakroom_changes'))
    await assertMended(async () => (await open(database.connect(), true)).close())
  })
})
