import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '@cloakroom/test-servers'
import { mysql } from 'cloakroom/mysql'
import type { PoolConnection } from 'mysql2/promise'
import { countChanges, type FeedProcess, feedProcess } from '../../../../test/changes-feed.ts'
import { freshDatabase, type MysqlDatabase } from '../../../../test/mysql-database.ts'
import type { Store } from '../../../core/store.ts'
import { listenTo, type RecordingListener } from '../../../testing/feed-cases/recording-listener.ts'
import { begin } from '../../../testing/store-cases/session-rows.ts'
import { mostChanges } from './change-log.ts'

const users = { table: 'users', id: { type: 'integer' } } as const
const clock = Date.now

describe('the feed of MySQL', () => {
  let database: MysqlDatabase
  let store: Store
  const processes: FeedProcess[] = []
  beforeEach(async () => {
    database = await freshDatabase()
    await database.admin.query(
      'create table users (id int primary key); insert into users values (1), (2)',
    )
    const factory = mysql(database.connect(), { migrate: true, feed: true })
    store = await factory.open({ users, clock })
    await database.admin.query('delete from cloakroom_changes')
  })
  afterEach(async () => {
    await Promise.all(processes.splice(0).map(({ feed }) => feed.close()))
    await database.close()
  })

  function startProcess(pool = database.connect(), delayAnswer?: () => Promise<void>): FeedProcess {
    const started = feedProcess(pool, new URL(database.url).pathname.slice(1), delayAnswer)
    processes.push(started)
    return started
  }

  /** A transaction of the application's, in which somebody ends this session. */
  async function deleteSlowly(id: Uint8Array): Promise<PoolConnection> {
    const connection = await database.admin.getConnection()
    await connection.beginTransaction()
    await connection.query('delete from cloakroom_sessions where id = ?', [Buffer.from(id)])
    return connection
  }

  async function commit(connection: PoolConnection): Promise<void> {
    await connection.commit()
    connection.release()
  }

  function countOf(listener: RecordingListener, kind: string): number {
    return listener.heard.filter((each) => each.kind === kind).length
  }

  /** Whatever its clock says: until a poll that begins after now has come to its end. */
  async function untilPolled(listener: RecordingListener): Promise<void> {
    const enough = countOf(listener, 'confirmed') + 2
    await listener.until('it polls', () => countOf(listener, 'confirmed') >= enough)
  }

  it('a slow transaction that commits after a faster one is not lost', async () => {
    const [slow, fast] = [await begin({ store, clock }, 1), await begin({ store, clock }, 2)]
    const listener = await listenTo(startProcess().feed)
    const transaction = await deleteSlowly(slow.id)
    await store.revoke({ sessionId: fast.id })
    await listener.untilConfirmed()
    assert.ok(listener.covers(fast.session))
    assert.ok(!listener.covers(slow.session))

    await commit(transaction)
    await listener.untilConfirmed()
    assert.ok(listener.covers(slow.session))
  })

  it('confirms when a read began, as what was revoked during it may not be in it', async () => {
    const { id, session } = await begin({ store, clock }, 1)
    let answer: Promise<void> = Promise.resolve()
    let isRead = false
    const delayAnswer = () => {
      isRead = true
      return answer
    }
    const listener = await listenTo(startProcess(database.connect(), delayAnswer).feed)
    const { promise, resolve } = Promise.withResolvers<void>()
    answer = promise
    isRead = false
    await waitUntil('the next read is answered', () => isRead)
    await store.revoke({ sessionId: id })
    const revokedAt = performance.now()
    answer = Promise.resolve()
    resolve()
    await listener.untilConfirmed()
    const { heard } = listener
    const after = heard.findIndex((each) => each.kind === 'confirmed' && each.startedAt > revokedAt)
    assert.ok(listener.covers(session, 0, after))
  })

  it('what is rolled back is not told', async () => {
    const { id, session } = await begin({ store, clock }, 1)
    const listener = await listenTo(startProcess().feed)
    const transaction = await deleteSlowly(id)
    await transaction.rollback()
    transaction.release()
    await listener.untilConfirmed()
    assert.ok(!listener.covers(session))
  })

  it('a process that starts late takes nothing old for news, and misses nothing new', async () => {
    const [old, recent] = [await begin({ store, clock }, 1), await begin({ store, clock }, 2)]
    await store.revoke({ sessionId: old.id })
    const listener = await listenTo(startProcess().feed)
    assert.deepEqual(listener.invalidations, [])
    await store.revoke({ sessionId: recent.id })
    await listener.untilConfirmed()
    assert.deepEqual(listener.invalidations, [{ sessionIds: [Buffer.from(recent.id)] }])
  })

  it('a log that somebody emptied, or whose server another took the place of, gives no id twice', async () => {
    const [first, second] = [await begin({ store, clock }, 1), await begin({ store, clock }, 2)]
    const listener = await listenTo(startProcess().feed)
    await store.revoke({ sessionId: first.id })
    await listener.untilConfirmed()
    await database.admin.query('truncate cloakroom_changes')
    await store.revoke({ sessionId: second.id })
    await listener.untilConfirmed()
    assert.ok(listener.covers(second.session))
  })

  it('reads what is committed now, on a connection that came with its transaction open', async () => {
    const { id, session } = await begin({ store, clock }, 1)
    const pool = database.connect({ connectionLimit: 1 })
    const careless = await pool.getConnection()
    await careless.beginTransaction()
    await careless.query('select * from cloakroom_changes')
    await store.revoke({ sessionId: id })
    const transaction = await begin({ store, clock }, 2)
    careless.release()
    const listener = await listenTo(startProcess(pool).feed)
    await store.revoke({ sessionId: transaction.id })
    await listener.untilConfirmed()
    assert.ok(listener.covers(transaction.session))
    assert.ok(!listener.covers(session))
  })

  describe('the clean-up', () => {
    it('deletes what this process saw ten minutes ago, and not what is as old but new to it', async () => {
      const { id } = await begin({ store, clock }, 1)
      const witness = startProcess()
      const listener = await listenTo(witness.feed)
      await store.revoke({ sessionId: id })
      await untilPolled(listener)
      for (let minutes = 0; minutes < 9; minutes += 1) {
        witness.pass(1)
        await untilPolled(listener)
      }
      assert.equal(await countChanges(database.admin), 1)

      const late = startProcess()
      const lateListener = await listenTo(late.feed)
      late.pass(2)
      await untilPolled(lateListener)
      assert.equal(await countChanges(database.admin), 1)

      witness.pass(2)
      await waitUntil('it is deleted', async () => (await countChanges(database.admin)) === 0)
      assert.equal(countOf(listener, 'lost'), 0)
    })

    it('deletes nothing because a clock was set forward', async () => {
      const { id } = await begin({ store, clock }, 1)
      const witness = startProcess()
      const listener = await listenTo(witness.feed)
      await store.revoke({ sessionId: id })
      await untilPolled(listener)
      witness.setForward(60)
      // What takes nothing for granted is the feed itself.
      await listener.until('it is lost', () => countOf(listener, 'lost') === 1)
      witness.pass(2)
      await untilPolled(listener)
      assert.equal(await countChanges(database.admin), 1)
    })

    it('a process that stood still for 11 minutes is lost, rather than miss what was deleted', async () => {
      const { id, session } = await begin({ store, clock }, 1)
      const sleeper = startProcess(database.connect({ connectionLimit: 1 }))
      const listener = await listenTo(sleeper.feed)
      const from = listener.heard.length
      // Its connection is what it sleeps on.
      const held = await database.admin.getConnection()
      await held.query('lock tables cloakroom_changes write, cloakroom_sessions write')
      await delay(100)
      await held.query('delete from cloakroom_sessions where id = ?', [Buffer.from(id)])
      await held.query('delete from cloakroom_changes')
      sleeper.pass(11)
      await held.query('unlock tables')
      held.release()
      await untilPolled(listener)
      const kinds = listener.heard.slice(from).map(({ kind }) => kind)
      assert.ok(!listener.covers(session))
      assert.ok(kinds.includes('lost'))
      assert.ok(kinds.indexOf('listening') > kinds.indexOf('lost'))
    })

    it('of two processes at once is done once, and neither is lost', async () => {
      const started = [startProcess(), startProcess()]
      const listeners = await Promise.all(started.map(({ feed }) => listenTo(feed)))
      await database.admin.query(
        'insert into cloakroom_changes (id, user_id) select 1000 + seq, seq from seq_1_to_1500',
      )
      for (const listener of listeners) await untilPolled(listener)
      for (let minutes = 0; minutes < 12; minutes += 4) {
        for (const each of started) each.pass(4)
        for (const listener of listeners) await untilPolled(listener)
      }
      await waitUntil('they are gone', async () => (await countChanges(database.admin)) === 0)
      for (const listener of listeners) assert.equal(countOf(listener, 'lost'), 0)
    })

    it('waits for nobody who holds a row', async () => {
      const witness = startProcess()
      const listener = await listenTo(witness.feed)
      await database.admin.query(
        "insert into cloakroom_changes (id) values (repeat('1', 36)), (repeat('2', 36))",
      )
      await untilPolled(listener)
      const holder = await database.admin.getConnection()
      await holder.beginTransaction()
      await holder.query("select * from cloakroom_changes where id = repeat('1', 36) for update")
      for (let minutes = 0; minutes < 12; minutes += 4) {
        witness.pass(4)
        await untilPolled(listener)
      }
      await waitUntil('one is gone', async () => (await countChanges(database.admin)) === 1)
      await commit(holder)
      assert.equal(countOf(listener, 'lost'), 0)
    })
  })

  describe('more changes than are read at once', () => {
    it("become one, everybody's, and nobody misses any", async () => {
      const { session } = await begin({ store, clock }, 1)
      const started = [startProcess(), startProcess()]
      const listeners = await Promise.all(started.map(({ feed }) => listenTo(feed)))
      await database.admin.query(
        `insert into cloakroom_changes (id, user_id) select seq, seq + 1 from seq_1_to_${4 * mostChanges}`,
      )
      await database.admin.query('delete from cloakroom_sessions')
      for (const listener of listeners) {
        await listener.untilConfirmed()
        assert.ok(listener.covers(session))
      }
      await waitUntil('few are left', async () => (await countChanges(database.admin)) < 100)
      for (const listener of listeners) assert.equal(countOf(listener, 'lost'), 0)
    })

    it('are told to a process that was not there when they became one', async () => {
      const { session } = await begin({ store, clock }, 1)
      const pool = database.connect({ connectionLimit: 1 })
      const listener = await listenTo(startProcess(pool).feed)
      const held = await pool.getConnection()
      await database.admin.query('delete from cloakroom_sessions')
      await database.admin.query(
        `insert into cloakroom_changes (id, user_id) select seq, seq + 1 from seq_1_to_${2 * mostChanges}`,
      )
      await listenTo(startProcess().feed)
      await waitUntil('few are left', async () => (await countChanges(database.admin)) < 100)
      held.release()
      await listener.untilConfirmed()
      assert.ok(listener.covers(session))
      assert.equal(countOf(listener, 'lost'), 0)
    })
  })
})
