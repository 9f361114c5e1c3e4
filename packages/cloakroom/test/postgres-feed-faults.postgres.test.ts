import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import {
  type FaultyProxy,
  type PrivateServer,
  queryPostgres,
  startPostgres,
  startProxy,
  startReplicatedPostgres,
  waitUntil,
} from '@cloakroom/test-servers'
import { Client, Pool } from 'pg'
import openPostgresJs from 'postgres'
import { readInstant } from '../src/core/instant.ts'
import type { Store } from '../src/core/store.ts'
import { channelOf } from '../src/stores/postgres/feed/channel.ts'
import { type PgPool, type PostgresJs, postgres } from '../src/stores/postgres/index.ts'
import { listenTo, type RecordingListener } from '../src/testing/feed-cases/recording-listener.ts'
import { until } from '../src/testing/feed-cases/until.ts'
import { begin } from '../src/testing/store-cases/session-rows.ts'
import type { Driver } from './postgres-database.ts'
import { cutFeeds } from './postgres-feed.ts'
import { type UsersDatabase, users, usersDatabase } from './postgres-users.ts'

const drivers = ['pg', 'postgres.js'] as const
const feed = { heartbeatSeconds: 0.1 }

let server: PrivateServer
before(async () => {
  server = await startPostgres({ settings: { max_prepared_transactions: 2 } })
})
after(() => server.stop())

interface Fixture {
  readonly database: UsersDatabase
  readonly proxy: FaultyProxy
  /** What the feed says, which is behind the proxy. */
  readonly listener: RecordingListener
  readonly store: Store
  /** Revokes a session elsewhere, and waits until that is told. */
  assertHears(): Promise<void>
  /** Waits until the loss of what was heard until now is told. */
  untilLost(from: number): Promise<void>
}

async function fixtureOf(t: TestContext, driver: Driver): Promise<Fixture> {
  const database = await usersDatabase(t, server.url)
  const other = await database.store({ feed })
  const proxy = await startProxy({ url: database.url })
  t.after(() => proxy.stop())
  const pool = openThrough(t, proxy.url, driver)
  const { store, listener } = await listen(t, pool)
  return {
    database,
    proxy,
    store,
    listener,
    async assertHears() {
      const { id, session } = await begin({ store: other, clock: Date.now }, 1)
      await until('it listens', () => listener.heard.at(-1)?.kind === 'confirmed')
      const from = listener.heard.length
      await other.revoke({ sessionId: id })
      await listener.untilConfirmed()
      assert(listener.covers(session, from))
    },
    untilLost: (from) =>
      until('the loss is told', () =>
        listener.heard.slice(from).some(({ kind }) => kind === 'lost'),
      ),
  }
}

async function listen(
  t: TestContext,
  pool: PgPool | PostgresJs,
): Promise<{ store: Store; listener: RecordingListener }> {
  const factory = postgres(pool, { feed, migrate: true, timeoutSeconds: 1 })
  const store = await factory.open({ users, clock: Date.now })
  t.after(() => store.close())
  return { store, listener: await listenTo(store.feed) }
}

/** As docs/postgres.md recommends where connections can be lost without a word. */
function openThrough(t: TestContext, url: string, driver: Driver): PgPool | PostgresJs {
  if (driver === 'pg') {
    const pool = new Pool({ connectionString: url })
    pool.on('error', () => undefined)
    t.after(() => pool.end())
    return pool
  }
  const sql = openPostgresJs(url, {
    onnotice: () => undefined,
    connect_timeout: 1,
    backoff: 0.05,
    socket: async ({ host, port }: { host: string[]; port: number[] }) => {
      const socket = new Socket()
      socket.setTimeout(1000, () => socket.destroy(new Error('no answer')))
      return socket.connect(port[0] as number, host[0] as string)
    },
  } as never)
  t.after(() => sql.end({ timeout: 1 }))
  return sql
}

function assertNothingConfirmedAfter(listener: RecordingListener, at: number, to: number): void {
  const late = listener.heard
    .slice(0, to)
    .filter((each) => each.kind === 'confirmed' && each.startedAt > at)
  assert.deepEqual(late, [])
}

for (const driver of drivers) {
  describe(`the feed with ${driver}`, () => {
    test('hears again after each of many terminated back-ends, and tells each loss', async (t) => {
      const { database, listener, assertHears, untilLost } = await fixtureOf(t, driver)
      for (let count = 0; count < 5; count += 1) {
        const from = listener.heard.length
        await cutFeeds(database.application, database.schema)
        await untilLost(from)
        await assertHears()
      }
    })

    test('hears again after a connection that is cut', async (t) => {
      const { proxy, listener, assertHears, untilLost } = await fixtureOf(t, driver)
      const from = listener.heard.length
      await proxy.cut()
      await untilLost(from)
      await assertHears()
    })

    test('knows of a network that swallows everything, and confirms nothing meanwhile', async (t) => {
      const { proxy, listener, assertHears, untilLost } = await fixtureOf(t, driver)
      const from = listener.heard.length
      await proxy.blackHole()
      const { monotonic } = readInstant()
      await untilLost(from)
      t.diagnostic(`lost after ${Math.round(readInstant().monotonic - monotonic)} ms, of 1100`)
      assertNothingConfirmedAfter(listener, monotonic, listener.heard.length)
      await proxy.restore()
      await assertHears()
    })

    test('knows of a server that stands still, and hears again when it goes on', async (t) => {
      const { listener, assertHears, untilLost } = await fixtureOf(t, driver)
      const from = listener.heard.length
      t.after(() => server.resume())
      server.pause()
      const { monotonic } = readInstant()
      await untilLost(from)
      assertNothingConfirmedAfter(listener, monotonic, listener.heard.length)
      server.resume()
      await assertHears()
    })

    test('hears again after a restart of the server', async (t) => {
      const { listener, assertHears, untilLost } = await fixtureOf(t, driver)
      const from = listener.heard.length
      await server.restart()
      await untilLost(from)
      await assertHears()
    })

    test('does not go on after a notice that it cannot read', async (t) => {
      const { database, listener, assertHears, untilLost } = await fixtureOf(t, driver)
      const channel = channelOf({ schema: database.schema, prefix: 'cloakroom_' })
      for (const payload of ['', 'x', 'null', '{}', '{"sessionIds":["x"]}', '{"userIds":["x"]}']) {
        const from = listener.heard.length
        await database.application.query('select pg_notify($1, $2)', [channel, payload])
        await untilLost(from)
        await assertHears()
      }
    })

    test('is beside another one on the same pool, and both hear', async (t) => {
      const database = await usersDatabase(t, server.url)
      const pool = openThrough(t, database.url, driver)
      const feeds = [await listen(t, pool), await listen(t, pool)]
      const { store } = feeds[0] as (typeof feeds)[0]
      const { id, session } = await begin({ store, clock: Date.now }, 1)
      const other = await database.store()
      await other.revoke({ sessionId: id })
      for (const { listener } of feeds) {
        for (let count = 0; count < 3; count += 1) await listener.untilConfirmed()
        assert(listener.covers(session))
        assert(listener.heard.every(({ kind }) => kind !== 'lost'))
      }
    })
  })
}

describe('the connection of the feed', () => {
  test('with pg, that does not listen any more, proves nothing', async (t) => {
    const database = await usersDatabase(t, server.url)
    const pool = new Pool({ connectionString: database.url })
    t.after(() => pool.end())
    const clients: Client[] = []
    class KnownClient extends Client {
      constructor(options: never) {
        super(options)
        clients.push(this)
      }
    }
    const { listener } = await listen(t, Object.assign(pool, { Client: KnownClient as never }))
    const from = listener.heard.length
    await clients.at(-1)?.query('unlisten *')
    const { monotonic } = readInstant()
    await until('it is lost', () => listener.heard.at(-1)?.kind === 'lost')
    assertNothingConfirmedAfter(listener, monotonic, listener.heard.length)
    await listener.untilConfirmed()
    assert.equal(listener.heard.slice(from).filter(({ kind }) => kind === 'listening').length, 1)
  })

  test('with postgres.js, that does not listen any more, proves nothing', async (t) => {
    const database = await usersDatabase(t, server.url)
    const sql = openThrough(t, database.url, 'postgres.js') as PostgresJs
    const { listener } = await listen(t, sql)
    await sql.listen?.sql?.unsafe('unlisten *').raw()
    const { monotonic } = readInstant()
    await until('it is lost', () => listener.heard.at(-1)?.kind === 'lost')
    assertNothingConfirmedAfter(listener, monotonic, listener.heard.length)
    await listener.untilConfirmed()
  })

  test('with postgres.js, made anew by the driver before anybody looked, is another one', async (t) => {
    const database = await usersDatabase(t, server.url)
    const sql = openThrough(t, database.url, 'postgres.js') as PostgresJs
    const { listener } = await listen(t, sql)
    const from = listener.heard.length
    // Between two round trips: the driver connects and listens again within a few milliseconds.
    await cutFeeds(database.application, database.schema)
    await until(
      'it listens anew',
      () =>
        listener.heard.at(-1)?.kind === 'confirmed' &&
        listener.heard.slice(from).some(({ kind }) => kind === 'listening'),
    )
    const kinds = listener.heard.slice(from).map(({ kind }) => kind)
    assert(kinds.indexOf('lost') < kinds.indexOf('listening'))
    assert(kinds.includes('lost'))
  })

  test('through a pooler is refused: it may be one that others share', async (t) => {
    const database = await usersDatabase(t, server.url)
    const pool = new Pool({ connectionString: database.url })
    t.after(() => pool.end())
    // A pooler tells its clients of processes that are none.
    class PooledClient extends Client {
      get processID(): number {
        return 1
      }
      set processID(_: number) {}
    }
    const factory = postgres(Object.assign(pool, { Client: PooledClient as never }), {
      feed,
      migrate: true,
    })
    const store = await factory.open({ users, clock: Date.now })
    t.after(() => store.close())
    const errors: unknown[] = []
    store.feed?.start({
      listening: () => undefined,
      invalidated: () => undefined,
      confirmed: () => assert.fail(),
      lost: (_, error) => errors.push(error),
    })
    await waitUntil('it is refused', () => errors.length > 1)
    const { code, cause } = errors[0] as { code: string; cause: Error }
    assert.equal(code, 'store_unavailable')
    assert.match(cause.message, /pooler/)
  })

  test('is one for each feed, and goes with it', async (t) => {
    const database = await usersDatabase(t, server.url)
    const { store } = await listen(t, openThrough(t, database.url, 'pg'))
    const count = async () => {
      const { rows } = await database.application.query(
        `select from pg_stat_activity where application_name = $1 and query ~ 'pg_listening'
          and pid <> pg_backend_pid()`,
        [database.schema],
      )
      return rows.length
    }
    assert.equal(await count(), 1)
    await store.close()
    await waitUntil('it is gone', async () => (await count()) === 0)
  })

  test('to a server that has become a standby proves nothing, until that is promoted', async (t) => {
    const lonely = await startPostgres()
    t.after(() => lonely.stop())
    const database = await usersDatabase(t, lonely.url)
    const { listener } = await listen(t, openThrough(t, database.url, 'pg'))
    const from = listener.heard.length
    writeFileSync(join(lonely.folder, 'data/standby.signal'), '')
    await lonely.restart()
    const { monotonic } = readInstant()
    await until(
      'it is lost twice',
      () => listener.heard.slice(from).filter(({ kind }) => kind === 'lost').length > 2,
    )
    assertNothingConfirmedAfter(listener, monotonic, listener.heard.length)
    await queryPostgres(lonely.url, 'select pg_promote()')
    await listener.untilConfirmed()
  })
})

describe('a revocation that waits for a standby', () => {
  test('is told at once, and keeps nobody else from telling', async (t) => {
    const servers = await startReplicatedPostgres({ synchronous: true })
    t.after(() => {
      servers.standby.resume()
      return servers.stop()
    })
    await queryPostgres(servers.primary.url, 'alter system set synchronous_commit = local')
    await queryPostgres(servers.primary.url, 'select pg_reload_conf()')
    const database = await usersDatabase(t, servers.primary.url)
    const { listener } = await listen(t, openThrough(t, database.url, 'pg'))
    const options = { feed, replicateRevocations: true, timeoutSeconds: 30 }
    const other = await database.store(options)
    const { id, session } = await begin({ store: other, clock: Date.now }, 1)
    servers.standby.pause()
    let isOver = false
    const revoked = other.revoke({ sessionId: id }).finally(() => {
      isOver = true
    })
    await until('it is told', () => listener.covers(session))
    await database.application.query('delete from users where id = 7')
    await listener.untilConfirmed()
    assert(listener.covers({ id: new Uint8Array(16), userId: 7 }))
    assert.equal(isOver, false)
    servers.standby.resume()
    assert.equal((await revoked).length, 1)
  })
})

test('PREPARE TRANSACTION is refused of what is told, and of nothing else', async (t) => {
  const database = await usersDatabase(t, server.url)
  await database.store({ feed })
  const { application, schema } = database
  const name = `'${schema}'`
  const told = `begin; update users set banned = true where id = 1; prepare transaction ${name}`
  await assert.rejects(application.query(told), { code: '0A000' })
  await application.query('rollback')
  await application.query(`begin; insert into users values (101); prepare transaction ${name}`)
  await application.query(`commit prepared ${name}`)
})
