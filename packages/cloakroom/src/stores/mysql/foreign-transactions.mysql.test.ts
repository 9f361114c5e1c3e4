import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Cloakroom, cloakroom } from 'cloakroom'
import { mysql } from 'cloakroom/mysql'
import type { Pool } from 'mysql2/promise'
import { freshDatabase, type MysqlDatabase } from '../../../test/mysql-database.ts'
import { signInAs } from '../../testing/index.ts'

type Auth = Cloakroom<{ readonly id: number }>

describe('transactions that the application left open on its connections', () => {
  let database: MysqlDatabase
  /** Over a pool of its own, in good order. */
  let elsewhere: Auth
  before(async () => {
    database = await freshDatabase()
    await database.admin.query(
      'create table users (id int primary key, name text); insert into users (id) values (1)',
    )
    elsewhere = await open(database.connect(), true)
  })
  after(() => database.close())

  function open(pool: Pool, migrate = false): Promise<Auth> {
    return cloakroom({
      origin: 'https://app.example',
      store: mysql(pool, { migrate }),
      users: { table: 'users', id: { type: 'integer' } },
      pruneIntervalSeconds: false,
    })
  }

  /** What a pool of one connection has after an application forgot its `commit`. */
  async function leaveOpen(pool: Pool): Promise<void> {
    const connection = await pool.getConnection()
    await connection.query('set session transaction isolation level repeatable read')
    await connection.beginTransaction()
    await connection.query('select * from cloakroom_sessions')
    connection.release()
  }

  const ways: Record<string, (pool: Pool) => Promise<void>> = {
    'a transaction left open': leaveOpen,
    'autocommit switched off': async (pool) => {
      await pool.query('set autocommit = 0')
      await pool.query('select * from cloakroom_sessions')
    },
  }
  for (const [way, prepare] of Object.entries(ways)) {
    it(`a stale snapshot cannot accept a revoked session: ${way}`, async () => {
      const pool = database.connect({ connectionLimit: 1 })
      const auth = await open(pool)
      const [one, two] = [await signInAs(elsewhere, 1), await signInAs(elsewhere, 1)]
      await prepare(pool)
      assert.equal((await auth.verify(one.token)).status, 'authenticated')
      await elsewhere.revoke({ sessionId: one.session.id })
      assert.equal((await auth.verify(one.token)).status, 'anonymous')
      await prepare(pool)
      await elsewhere.revoke({ userId: 1 })
      assert.equal((await auth.verify(two.token)).status, 'anonymous')
      await prepare(pool)
      await elsewhere.block(1)
      assert.notEqual(await auth.blockedAt(1), null)
      await elsewhere.unblock(1)
    })

    it(`a stale snapshot does not hide a session that has begun since: ${way}`, async () => {
      const pool = database.connect({ connectionLimit: 1 })
      const auth = await open(pool)
      await prepare(pool)
      const { token, session } = await signInAs(elsewhere, 1)
      assert.equal((await auth.verify(token)).status, 'authenticated')
      await prepare(pool)
      const next = await signInAs(elsewhere, 1)
      const listed = (await auth.list(1)).map(({ id }) => id)
      assert.deepEqual(new Set(listed), new Set([session.id, next.session.id]))
      await elsewhere.revoke({ userId: 1 })
    })

    it(`what is acknowledged is committed: ${way}`, async () => {
      const pool = database.connect({ connectionLimit: 1 })
      const auth = await open(pool)
      await prepare(pool)
      const kept = await signInAs(auth, 1)
      await prepare(pool)
      const rotated = await auth.rotate(kept.token)
      await prepare(pool)
      await auth.update(kept.session.id, { a: 1 })
      const ended = await signInAs(auth, 1)
      await prepare(pool)
      await auth.revoke({ sessionId: ended.session.id })
      // Whoever has the connection next may roll back what it finds.
      await pool.query('rollback')
      assert.equal((await elsewhere.verify(ended.token)).status, 'anonymous')
      const verification = await elsewhere.verify(rotated?.token)
      assert.equal(verification.status, 'authenticated')
      assert.deepEqual(verification.session?.data, { a: 1 })
      await prepare(pool)
      await auth.revoke({ userId: 1 })
      await pool.query('rollback')
      assert.equal((await elsewhere.verify(rotated?.token)).status, 'anonymous')
    })
  }

  it('are not committed by us, nor is the isolation level that they have changed', async () => {
    const pool = database.connect({ connectionLimit: 1 })
    const auth = await open(pool)
    const connection = await pool.getConnection()
    await connection.beginTransaction()
    await connection.query(`update users set name = 'half done'`)
    connection.release()
    await auth.revoke({ userId: 1 })
    const [rows] = await database.admin.query('select name from users')
    assert.deepEqual(rows, [{ name: null }])
    const [settings] = await pool.query('select @@autocommit as auto, @@tx_isolation as level')
    assert.deepEqual(settings, [{ auto: 1, level: 'REPEATABLE-READ' }])
  })

  it('are none after us, where autocommit is off', async () => {
    const pool = database.connect({ connectionLimit: 1 })
    const auth = await open(pool)
    await pool.query('set autocommit = 0')
    const { token, session } = await signInAs(auth, 1)
    const ended = await signInAs(auth, 1)
    await auth.revoke({ sessionId: ended.session.id })
    const verbs = [
      () => auth.verify(token),
      () => auth.verify(ended.token),
      () => auth.update(session.id, { a: 1 }),
      () => auth.list(1),
      () => auth.blockedAt(1),
      () => auth.stats(),
      () => auth.prune(),
      () => auth.revoke({ sessionId: session.id }),
      () => auth.revoke({ everybody: true }),
    ]
    for (const verb of verbs) {
      await verb()
      const [rows] = await pool.query('select @@in_transaction as open')
      assert.deepEqual(rows, [{ open: 0 }], String(verb))
    }
  })
})
