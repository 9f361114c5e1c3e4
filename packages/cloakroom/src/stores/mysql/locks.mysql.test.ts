import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { mysql } from 'cloakroom/mysql'
import type { PoolConnection } from 'mysql2/promise'
import { freshDatabase, type MysqlDatabase } from '../../../test/mysql-database.ts'
import { spyOn } from '../../../test/mysql-spy.ts'
import type { Store } from '../../core/store.ts'
import { seededRandom } from '../../testing/random.ts'
import { begin, newSession } from '../../testing/store-cases/session-rows.ts'

const users = { table: 'users', id: { type: 'integer' } } as const
const clock = Date.now

describe('locks of MySQL', () => {
  let database: MysqlDatabase
  let store: Store
  before(async () => {
    database = await freshDatabase()
    await database.admin.query(
      'create table users (id int primary key); insert into users values (1), (2)',
    )
    store = await mysql(database.connect(), { migrate: true }).open({ users, clock })
  })
  beforeEach(async () => void (await store.revoke({ everybody: true })))
  after(() => database.close())

  async function beginMany(count: number, userId = 1): Promise<Uint8Array[]> {
    const ids: Uint8Array[] = []
    for (let done = 0; done < count; done += 1) {
      ids.push((await begin({ store, clock }, userId)).id)
    }
    return ids
  }

  /** A transaction of the application's, which holds the session's row until it ends. */
  async function holdRow(id: Uint8Array): Promise<PoolConnection> {
    const connection = await database.admin.getConnection()
    await connection.beginTransaction()
    await connection.query('select 1 from cloakroom_sessions where id = ? for update', [id])
    return connection
  }

  async function letGo(connection: PoolConnection): Promise<void> {
    await connection.rollback()
    connection.release()
  }

  async function isLocked(id: Uint8Array): Promise<boolean> {
    const sql = 'select 1 from cloakroom_sessions where id = ? for update skip locked'
    const [free] = await database.admin.query(sql, [id])
    return (free as unknown[]).length === 0
  }

  async function ageAll(): Promise<void> {
    await database.admin.query('update cloakroom_sessions set last_seen_at = created_at - 1000000')
  }

  async function untouched(): Promise<string[]> {
    const [rows] = await database.admin.query(
      'select hex(id) as id from cloakroom_sessions where last_seen_at < created_at order by id',
    )
    return (rows as { id: string }[]).map(({ id }) => id)
  }

  it('touches of the same sessions over four connections never deadlock, and never wait', async (t) => {
    const random = seededRandom(t)
    const ids = await beginMany(300)
    const spies = [1, 2, 3, 4].map(() => spyOn(database.connect()))
    const stores = await Promise.all(spies.map(({ pool }) => mysql(pool).open({ users, clock })))
    for (let round = 0; round < 20; round += 1) {
      await ageAll()
      await Promise.all(
        stores.map((each) => {
          const shuffled = ids.map((id) => ({ id, at: random() })).sort((a, b) => a.at - b.at)
          return each.touch(
            shuffled.slice(0, 200).map(({ id }) => id),
            1000,
          )
        }),
      )
    }
    for (const { errors } of spies) assert.deepEqual(errors, [])
    await ageAll()
    await store.touch(ids, 1000)
    assert.deepEqual(await untouched(), [])
  })

  it('a touch skips a row that the application holds, and touches the others', async () => {
    const ids = await beginMany(20)
    await ageAll()
    const holder = await holdRow(ids[7] as Uint8Array)
    await store.touch(ids, 1000)
    const { length } = await untouched()
    await letGo(holder)
    assert.equal(length, 1)
    await store.touch(ids, 1000)
    assert.deepEqual(await untouched(), [])
  })

  it('no revocation waits behind a touch that meets a held row', async () => {
    const ids = await beginMany(20)
    await ageAll()
    const holder = await holdRow(ids[19] as Uint8Array)
    const touched = store.touch(ids, 1000)
    assert.equal((await store.revoke({ sessionId: ids[0] as Uint8Array })).length, 1)
    assert.equal((await store.revoke({ sessionId: ids[1] as Uint8Array })).length, 1)
    await touched
    await letGo(holder)
  })

  it('a touch is one statement, so a process that stops leaves no row locked', async () => {
    const { pool, sent } = spyOn(database.connect())
    const touching = await mysql(pool).open({ users, clock })
    const ids = await beginMany(3)
    sent.length = 0
    await touching.touch(ids, 0)
    assert.equal(sent.length, 1)
  })

  it('the clean-up skips a row that the application holds, and deletes the others', async () => {
    const ids = await beginMany(20)
    await database.admin.query('update cloakroom_sessions set expires_at = 1')
    const holder = await holdRow(ids[3] as Uint8Array)
    assert.equal(await store.prune(), 19)
    await letGo(holder)
    assert.equal(await store.prune(), 1)
  })

  it('verifying waits for nobody: not for a held row, user or state', async () => {
    const [id] = (await beginMany(1)) as [Uint8Array]
    await store.revoke({ userId: 2 })
    const holder = await holdRow(id)
    await holder.query(`select * from users, cloakroom_user_states, cloakroom_state for update`)
    assert.equal((await store.find(id))?.user?.id, 1)
    assert.equal((await store.list(1)).length, 1)
    await letGo(holder)
  })

  it("signing in waits for no transaction on the application's users table", async () => {
    const holder = await database.admin.getConnection()
    await holder.beginTransaction()
    await holder.query('select * from users for update')
    const { outcome } = await store.create(newSession({ clock }, 1))
    await letGo(holder)
    assert.equal(outcome, 'created')
  })

  it('a revocation that waits for a held row holds up no sign-in of somebody else', async () => {
    const [first, second] = (await beginMany(2, 2)).sort(Buffer.compare) as [Uint8Array, Uint8Array]
    const holder = await holdRow(second)
    // At MySQL's default level it would lock the place of the new row, too.
    const revoked = store.revoke({ userId: 2 })
    await waitUntil('the revocation has locked the first row', () => isLocked(first))
    const { outcome } = await store.create(newSession({ clock }, 1))
    await letGo(holder)
    assert.equal(outcome, 'created')
    assert.equal((await revoked).length, 2)
  })

  it('a revocation that becomes the victim of a deadlock is repeated', async () => {
    const { pool, errors } = spyOn(database.connect())
    const revoking = await mysql(pool).open({ users, clock })
    const [first, second] = (await beginMany(2)).sort(Buffer.compare) as [Uint8Array, Uint8Array]
    await database.admin.query(
      'create table heavy (id int primary key); insert into heavy select seq from seq_1_to_500',
    )
    const holder = await holdRow(second)
    // The one who has written less is the victim.
    await holder.query('update heavy set id = id + 1000')
    const revoked = revoking.revoke({ userId: 1 })
    await waitUntil('the revocation has locked the first row', () => isLocked(first))
    await holder.query('select 1 from cloakroom_sessions where id = ? for update', [first])
    await letGo(holder)
    assert.equal((await revoked).length, 2)
    assert.deepEqual(errors, ['ER_LOCK_DEADLOCK'])
  })
})
