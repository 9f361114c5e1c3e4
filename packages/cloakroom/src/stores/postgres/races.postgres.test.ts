import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { freshPostgresDatabase, sharedPostgres, waitUntil } from '@cloakroom/test-servers'
import { Client } from 'pg'
import { usersDatabase } from '../../../test/postgres-users.ts'
import type { NewSession, Store } from '../../core/store.ts'
import { signInAs } from '../../testing/index.ts'
import { type Random, seededRandom } from '../../testing/random.ts'
import {
  assertDead,
  assertLive,
  type Begun,
  begin,
  newSession,
} from '../../testing/store-cases/session-rows.ts'

const clock = Date.now

function wanted(userId: number | null, change: Partial<NewSession> = {}): NewSession {
  return newSession({ clock }, userId, change)
}

describe('log-ins and revocations whose transactions overlap', () => {
  test('a log-in whose statement began before a revocation and ends after it is dead', async (t) => {
    const database = await usersDatabase(t)
    const [store, elsewhere] = [await database.store(), await database.store()]
    const carried = await begin({ clock, store }, null)
    const release = await database.hold('select from cloakroom_sessions for update')
    const replaces = { id: carried.id, familyHash: carried.familyHash, carryData: false }
    const late = wanted(1, { epoch: await store.epoch(1, null), replaces })
    const created = store.create(late)
    await database.untilWaiting(1)
    await elsewhere.revoke({ userId: 1 })
    await release()
    assert.equal((await created).outcome, 'created')
    await assertDead(store, late, 'what was created with the old epoch')
    assert.deepEqual(await store.revoke({ userId: 1 }), [late.id].map(Buffer.from))
  })

  test('a log-in between the statement of a revocation and its commit is dead', async (t) => {
    const database = await usersDatabase(t)
    const [store, elsewhere] = [await database.store(), await database.store()]
    await begin({ clock, store }, 1)
    const epoch = await store.epoch(1, null)
    const release = await database.hold('select from cloakroom_sessions for update')
    const revoked = store.revoke({ userId: 1 })
    await database.untilWaiting(1)
    const late = wanted(1, { epoch })
    assert.equal((await elsewhere.create(late)).outcome, 'created')
    await release()
    assert.equal((await revoked).length, 1)
    await assertDead(store, late, 'a log-in that the revocation could not see')
  })

  test('a log-in whose password was checked before a revocation gets no session', async (t) => {
    const database = await usersDatabase(t)
    const [auth, elsewhere] = [await database.auth(), await database.auth()]
    const attempt = await auth.beginSignIn(1)
    await elsewhere.revoke({ userId: 1 })
    await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
  })

  test('all but one against a concurrent log-in keeps the one, and only that', async (t) => {
    const database = await usersDatabase(t)
    const [store, elsewhere] = [await database.store(), await database.store()]
    const kept = await begin({ clock, store }, 1)
    const epoch = await store.epoch(1, null)
    const release = await database.hold('select from cloakroom_sessions for update')
    const revoked = store.revoke({ userId: 1, except: kept.id })
    await database.untilWaiting(1)
    const late = wanted(1, { epoch })
    await elsewhere.create(late)
    await release()
    assert.deepEqual(await revoked, [])
    await assertDead(store, late, 'the concurrent log-in')
    await assertLive(store, kept, 'the kept session')
  })

  test('a step-up that waits for a revocation of all other sessions finds its session live', async (t) => {
    const database = await usersDatabase(t)
    const [auth, elsewhere] = [await database.auth(), await database.auth()]
    const { token, session } = await signInAs(auth, 1)
    const release = await database.hold('select from cloakroom_sessions for update')
    const revoked = elsewhere.revoke({ userId: 1, except: session.id })
    await database.untilWaiting(1)
    const steppedUp = auth.stepUp(token, { methods: ['pwd'] })
    await database.untilWaiting(2)
    await release()
    assert.deepEqual(await revoked, [])
    const verification = await elsewhere.verify((await steppedUp)?.token)
    assert.equal(verification.status, 'authenticated')
  })

  test('the same revocation of all other sessions, sent twice at once, keeps the one', async (t) => {
    const database = await usersDatabase(t)
    const [store, elsewhere] = [await database.store(), await database.store()]
    const kept = await begin({ clock, store }, 1)
    const release = await database.hold('select from cloakroom_sessions for update')
    const both = [store, elsewhere].map((each) => each.revoke({ userId: 1, except: kept.id }))
    await database.untilWaiting(2)
    await release()
    assert.deepEqual(await Promise.all(both), [[], []])
    await assertLive(store, kept, 'the kept session')
  })
})

describe('locks in PostgreSQL', () => {
  test('a row that the application has locked does not hold up a touch of others', async (t) => {
    const database = await usersDatabase(t)
    const store = await database.store()
    const [locked, free] = [await begin({ clock, store }, 1), await begin({ clock, store }, 2)]
    const release = await database.hold(
      'select from cloakroom_sessions where user_id = 1 for update',
    )
    await store.touch([locked.id, free.id], 0)
    const touched = await Promise.all([locked, free].map(({ id }) => store.find(id)))
    assert.equal(touched[0]?.session.lastSeenAt, locked.session.lastSeenAt)
    assert.ok(Number(touched[1]?.session.lastSeenAt) > free.session.lastSeenAt)
    await release()
  })

  test('no revocation waits behind a touch batch, whatever that would have to wait for', async (t) => {
    const database = await usersDatabase(t)
    const [store, elsewhere] = [await database.store(), await database.store()]
    const [locked, free] = [await begin({ clock, store }, 1), await begin({ clock, store }, 2)]
    const release = await database.hold(
      'select from cloakroom_sessions where user_id = 1 for update',
    )
    const touched = store.touch([free.id, locked.id], 0)
    assert.equal((await elsewhere.revoke({ userId: 2 })).length, 1)
    await touched
    await release()
  })

  test('a row that the application has locked does not hold up the clean-up', async (t) => {
    const database = await usersDatabase(t)
    const store = await database.store()
    await begin({ clock, store }, 1, { lifetimeMs: 1 })
    await begin({ clock, store }, 2, { lifetimeMs: 1 })
    await database.application.query(
      `update cloakroom_sessions set expires_at = now() - interval '1 second'`,
    )
    const release = await database.hold(
      'select from cloakroom_sessions where user_id = 1 for update',
    )
    assert.equal(await store.prune(), 1)
    await release()
    assert.equal(await store.prune(), 1)
  })

  test('a frozen process loses its locks: the server ends its transaction', async (t) => {
    const database = await usersDatabase(t)
    const store = await database.store({ timeoutSeconds: 0.3 })
    const elsewhere = await database.store()
    const { id } = await begin({ clock, store }, 1)
    const release = await database.hold('select from cloakroom_sessions for update')
    // It holds the user's state and waits for the session, longer than it may.
    await assert.rejects(store.revoke({ userId: 1 }), { code: 'store_unavailable' })
    const unblocked = elsewhere.block(1)
    await database.untilWaiting(1)
    await release()
    assert.deepEqual(await unblocked, [id].map(Buffer.from))
  })

  for (const level of ['repeatable read', 'serializable']) {
    test(`what the server refuses at ${level}, the application's default, is done anew`, async (t) => {
      const database = await usersDatabase(t)
      const options = [
        `-c search_path=${database.schema}`,
        `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`,
      ]
      const url = new URL(database.url)
      url.searchParams.set('options', options.join(' '))
      const store = await database.store({ url: url.href })
      const { id, session } = await begin({ clock, store }, 1)
      const release = await database.hold('select from cloakroom_sessions for update')
      const version = session.dataVersion
      const updates = ['{"a":1}', '{"b":2}'].map((data) => store.update(id, version, data))
      await database.untilWaiting(2)
      await release()
      assert.deepEqual((await Promise.all(updates)).sort(), ['conflict', 'updated'])
    })
  }

  test('touch batches of four connections in any order never end in a deadlock', async (t) => {
    const { stores, deadlocks } = await storesOf(t, 4)
    const random = seededRandom(t)
    const ids: Uint8Array[] = []
    for (let count = 0; count < 300; count += 1) {
      ids.push((await begin({ clock, store: stores[0] as Store }, 1)).id)
    }
    await Promise.all(
      stores.map(async (store) => {
        for (let round = 0; round < 25; round += 1) await store.touch(shuffled(ids, random), 0)
      }),
    )
    assert.equal(await deadlocks(), 0)
  })

  const cap = {
    limit: 1,
    whenReached: 'end_oldest',
    idleTimeoutMs: 60_000,
    absoluteTimeoutMs: 60_000,
    nonPersistentTimeoutMs: 60_000,
  } as const
  const lockers: Record<string, (store: Store, last: Begun) => Promise<unknown>> = {
    'a revocation of all': (store) => store.revoke({ userId: 1 }),
    'a revocation of all but one': (store, { id }) => store.revoke({ userId: 1, except: id }),
    'the end of everybody': (store) => store.revoke({ everybody: true }),
    'a sign-in under a cap': (store, { id, familyHash }) =>
      store.create(wanted(1, { cap, replaces: { id, familyHash, carryData: true } })),
  }
  for (const [one, lock] of Object.entries(lockers)) {
    for (const [other, lockToo] of Object.entries(lockers)) {
      test(`${one} and then ${other}, each with rows that the other wants: no deadlock`, async (t) => {
        const { database, stores, deadlocks } = await storesOf(t, 2)
        const [store, elsewhere] = stores as [Store, Store]
        const sessions: Begun[] = []
        for (let count = 0; count < 5; count += 1) sessions.push(await begin({ clock, store }, 1))
        const [, , middle, , last] = sessions as [Begun, Begun, Begun, Begun, Begun]
        // Both lock what they can before they come to the one in the middle.
        const release = await database.hold(
          `select from cloakroom_sessions where id = encode($1, 'hex')::uuid for update`,
          [middle.id],
        )
        const first = lock(store, last)
        await database.untilWaiting(1)
        let isDone = false
        const second = lockToo(elsewhere, last).finally(() => {
          isDone = true
        })
        await waitUntil('the second waits or is done', async () => {
          return isDone || (await database.waiting()) === 2
        })
        await release()
        await Promise.all([first, second])
        assert.equal(await deadlocks(), 0)
      })
    }
  }
})

/** On a database of its own, whose deadlocks the server counts. */
async function storesOf(t: TestContext, count: number) {
  const database = await usersDatabase(t, await freshPostgresDatabase(await sharedPostgres()))
  const stores: Store[] = []
  while (stores.length < count) stores.push(await database.store())
  return {
    database,
    stores,
    /** That the server has counted, which a connection tells it when it ends at the latest. */
    async deadlocks(): Promise<number> {
      const client = new Client({ connectionString: database.url })
      t.after(() => client.end())
      await client.connect()
      const others = `from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
      await client.query(`select pg_terminate_backend(pid) ${others}`)
      await waitUntil('all other connections have ended', async () => {
        return (await client.query(`select ${others}`)).rows.length === 0
      })
      const { rows } = await client.query(
        'select deadlocks::int4 from pg_stat_database where datname = current_database()',
      )
      return rows[0].deadlocks
    },
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((each) => ({ each, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each)
}
