import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  queryPostgres,
  type ReplicatedPostgres,
  startReplicatedPostgres,
  waitUntil,
} from '@cloakroom/test-servers'
import { Pool } from 'pg'
import { type PostgresJs, postgres } from '../src/stores/postgres/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { begin } from '../src/testing/store-cases/session-rows.ts'
import { usersDatabase } from './postgres-users.ts'

let servers: ReplicatedPostgres
before(async () => {
  servers = await startReplicatedPostgres({ synchronous: true })
  // The application's own choice. Its commits do not wait for the standby.
  await queryPostgres(servers.primary.url, 'alter system set synchronous_commit = local')
  await queryPostgres(servers.primary.url, 'select pg_reload_conf()')
})
after(() => servers.stop())

const replicated = { replicated: true } as const

/** Statements that wait for the standby, and the processes that run them. */
async function waiters(): Promise<number[]> {
  const rows = await queryPostgres<{ pid: number }>(
    servers.primary.url,
    `select pid from pg_stat_activity where wait_event = 'SyncRep'`,
  )
  return rows.map(({ pid }) => pid)
}

describe('revocations that wait for the standby', () => {
  test('are seen there when they resolve, whichever kind they are', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const auth = await database.auth()
    const sessions = await Promise.all([1, 2, 3, 4].map((user) => signInAs(auth, user)))
    const onStandby = new Pool({
      connectionString: servers.standby.url,
      options: `-c search_path=${database.schema}`,
    })
    t.after(() => onStandby.end())
    const left = async () => {
      const { rows } = await onStandby.query('select user_id from cloakroom_sessions order by 1')
      return rows.map((row) => row.user_id)
    }
    await waitUntil('the standby has all of it', async () => {
      const { rows } = await onStandby.query(`select to_regclass('cloakroom_sessions') as there`)
      return rows[0].there !== null && (await left()).length === 4
    })
    await auth.revoke({ sessionId: sessions[0]?.session.id ?? '' }, replicated)
    assert.deepEqual(await left(), [2, 3, 4])
    await auth.revoke({ userId: 2 }, replicated)
    assert.deepEqual(await left(), [3, 4])
    await auth.block(3, replicated)
    assert.deepEqual(await left(), [4])
    await auth.revoke({ everybody: true }, replicated)
    assert.deepEqual(await left(), [])
  })

  test('count at once, while the standby does not answer; then they fail', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const auth = await database.auth()
    // What it commits stays hidden until the standby has it, but for revocations.
    const options = `-c search_path=${database.schema} -c synchronous_commit=on`
    const pool = new Pool({ connectionString: servers.primary.url, options })
    t.after(() => pool.end())
    const strict = await database.auth({ pool, replicateRevocations: true, timeoutSeconds: 2 })
    const [one, other] = [await signInAs(auth, 1), await signInAs(auth, 2)]
    t.after(() => servers.standby.resume())
    servers.standby.pause()
    const failures = Promise.all([
      assert.rejects(strict.revoke({ userId: 1 }), { code: 'store_unavailable' }),
      assert.rejects(strict.block(2), { code: 'store_unavailable' }),
    ])
    await waitUntil('both wait', async () => (await waiters()).length === 2)
    assert.equal((await auth.verify(one.token)).status, 'anonymous')
    assert.equal((await auth.verify(other.token)).status, 'anonymous')
    await failures
    servers.standby.resume()
    // A retry finds nothing to end, but waits until what was ended before is everywhere.
    assert.deepEqual(await strict.revoke({ userId: 1 }), [])
  })

  test('whose wait is cancelled fail, though the server calls it done', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const auth = await database.auth({ timeoutSeconds: 30 })
    const { token } = await signInAs(auth, 1)
    t.after(() => servers.standby.resume())
    servers.standby.pause()
    const failure = assert.rejects(auth.revoke({ userId: 1 }, replicated), {
      code: 'store_unavailable',
      message: /cut short/,
    })
    await waitUntil('it waits', async () => (await waiters()).length === 1)
    const [pid] = await waiters()
    await queryPostgres(servers.primary.url, `select pg_cancel_backend(${pid})`)
    await failure
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  test('are waived for one that says so', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const auth = await database.auth({ replicateRevocations: true })
    await signInAs(auth, 1)
    t.after(() => servers.standby.resume())
    servers.standby.pause()
    assert.equal((await auth.revoke({ userId: 1 }, { replicated: false })).length, 1)
  })

  test('need a synchronous standby: without one they fail, and say why', async (t) => {
    const database = await usersDatabase(t)
    const auth = await database.auth()
    const { token } = await signInAs(auth, 1)
    await assert.rejects(auth.revoke({ userId: 1 }, replicated), {
      code: 'store_unavailable',
      message: /synchronous_standby_names is empty/,
    })
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  test('need pg: postgres.js hides that a wait was cancelled', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const { pool } = database.open('postgres.js')
    assert.throws(() => postgres(pool, { replicateRevocations: true }), TypeError)
    const auth = await database.auth({ pool: pool as PostgresJs })
    const { token } = await signInAs(auth, 1)
    await assert.rejects(auth.revoke({ userId: 1 }, replicated), TypeError)
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })
})

describe('touches', () => {
  test('wait for no standby, and so no revocation waits for their rows', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const url = new URL(database.url)
    url.searchParams.set('options', `-c search_path=${database.schema} -c synchronous_commit=on`)
    const [store, strict] = [await database.store(), await database.store({ url: url.href })]
    const { id } = await begin({ clock: Date.now, store }, 1)
    t.after(() => servers.standby.resume())
    servers.standby.pause()
    await strict.touch([id], 0)
    assert.equal((await store.revoke({ sessionId: id })).length, 1)
  })
})

describe('a standby', () => {
  test('is refused at start', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    await database.auth()
    const pool = new Pool({ connectionString: servers.standby.url })
    t.after(() => pool.end())
    await assert.rejects(database.auth({ pool }), {
      code: 'store_unavailable',
      message: /standby/,
    })
  })

  test('that a pool leads to later lets nobody in: it may not know of a revocation', async (t) => {
    const database = await usersDatabase(t, servers.primary.url)
    const pool = new Pool({ connectionString: database.url, maxUses: 1 })
    t.after(() => pool.end())
    const auth = await database.auth({ pool })
    const { token } = await signInAs(auth, 1)
    const onStandby = database.url.replace(`:${servers.primary.port}/`, `:${servers.standby.port}/`)
    await waitUntil('the standby has it', async () => {
      const sessions = 'select from cloakroom_sessions'
      return (await queryPostgres(onStandby, sessions).catch(() => [])).length === 1
    })
    pool.options.connectionString = onStandby
    await assert.rejects(auth.verify(token), { code: 'store_unavailable', message: /standby/ })
    await assert.rejects(auth.revoke({ userId: 1 }), { code: 'store_unavailable' })
  })
})
