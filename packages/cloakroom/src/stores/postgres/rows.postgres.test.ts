import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, type TestContext, test } from 'node:test'
import { freshPostgresDatabase, sharedPostgres, waitUntil } from '@cloakroom/test-servers'
import { Client, type Pool } from 'pg'
import { type UsersDatabase, users, usersDatabase } from '../../../test/postgres-users.ts'
import { type Policy, touchIsDue } from '../../core/policy.ts'
import { parseId } from '../../core/session-id.ts'
import type { StoredSession } from '../../core/store.ts'
import { formatToken, mintToken } from '../../core/token.ts'
import { signInAs } from '../../testing/index.ts'
import { begin } from '../../testing/store-cases/session-rows.ts'
import { connect } from './connection.ts'
import { prepareSchema } from './prepare-schema.ts'
import { statements } from './statements.ts'

const clock = Date.now
const hour = 3_600_000

/** Copies the one session there is: ids in order, as of log-ins one after the other of all users. */
async function multiply({ application }: UsersDatabase, count: number): Promise<Buffer[]> {
  const { rows } = await application.query(
    `with template as (select * from cloakroom_sessions limit 1)
     insert into cloakroom_sessions
     select (lpad(to_hex((date_part('epoch', created_at) * 1000)::int8 + n), 12, '0')
         || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 5, 15))::uuid,
       created_at, last_seen_at, expires_at, authenticated_at, epoch, data_version, n,
       impersonator_id, persistent, secret_hash, family_hash, null, null, null, client_id, methods,
       ip, device, data
     from template, generate_series(1, $1::integer) n returning id`,
    [count],
  )
  await application.query('analyze cloakroom_sessions')
  return rows.map(({ id }) => parseId(id) as Buffer)
}

/** What the server has counted when all connections have told it, which they do when they end. */
async function countsOf(t: TestContext, { schema, url }: UsersDatabase) {
  const client = new Client({ connectionString: url })
  t.after(() => client.end())
  await client.connect()
  const others = 'from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()'
  await client.query(`select pg_terminate_backend(pid) ${others}`, [schema])
  await waitUntil('all other connections have ended', async () => {
    return (await client.query(`select ${others}`, [schema])).rows.length === 0
  })
  const { rows } = await client.query(
    `select n_tup_upd::int4 as updated, n_tup_hot_upd::int4 as hot, n_tup_ins::int4 as inserted,
       pg_relation_size(relid)::int4 as bytes
     from pg_stat_user_tables where relid = 'cloakroom_sessions'::regclass`,
  )
  return rows[0]
}

describe('touches in PostgreSQL', () => {
  test('are one write a session and interval, from four processes at once', async (t) => {
    const database = await usersDatabase(t)
    const auth = await database.auth()
    const tokens: string[] = []
    for (let user = 1; user <= 30; user += 1) tokens.push((await signInAs(auth, user)).token)
    // Not by an update, which would count.
    await database.application.query(
      `with old as (delete from cloakroom_sessions returning *) insert into cloakroom_sessions
       select id, created_at, last_seen_at - interval '1 day', expires_at, authenticated_at, epoch,
         data_version, user_id, impersonator_id, persistent, secret_hash, family_hash, null, null,
         null, client_id, methods, ip, device, data from old`,
    )
    const verifier = new URL('../../../test/postgres-verifier.ts', import.meta.url)
    const execArgv = ['--conditions=cloakroom-source']
    const processes = Array.from({ length: 4 }, () => fork(verifier, [database.url], { execArgv }))
    t.after(() => processes.map((each) => each.kill('SIGKILL')))
    await Promise.all(processes.map((each) => once(each, 'message')))
    for (let round = 0; round < 3; round += 1) {
      for (const each of processes) each.send(tokens)
      const live = await Promise.all(processes.map((each) => once(each, 'message')))
      assert.deepEqual(live.flat().filter(Number.isInteger), [30, 30, 30, 30])
    }
    for (const each of processes) each.disconnect()
    await Promise.all(processes.map((each) => once(each, 'exit')))
    const { updated, inserted } = await countsOf(t, database)
    assert.deepEqual({ updated, inserted }, { updated: 30, inserted: 60 })
  })

  test('stay heap-only for sessions that are neighbours, and the table hardly grows', async (t) => {
    // A database of its own: others' snapshots would keep the old versions of the rows alive.
    const database = await usersDatabase(t, await freshPostgresDatabase(await sharedPostgres()))
    const store = await database.store()
    // For the same reason: an analysis that waits for a processor has a snapshot, too.
    await database.application.query(
      'alter table cloakroom_sessions set (autovacuum_enabled = false)',
    )
    const { session } = await begin({ clock, store }, 1, {
      device: 'x'.repeat(40),
      ip: '192.0.2.1',
    })
    const ids = await multiply(database, 3000)
    const policy = { touchIntervalMs: hour } as Policy
    const sessions = ids.map((id): StoredSession => ({ ...session, id, lastSeenAt: 0 }))
    const before = await database.application.query(
      `select pg_relation_size('cloakroom_sessions')::int4 as bytes`,
    )
    // All of them are in use all the time, and began together.
    for (let now = 0; now < 4 * hour; now += 4000) {
      const due = sessions.filter((each) => touchIsDue({ session: each, now }, policy))
      if (due.length > 0)
        await store.touch(
          due.map(({ id }) => id),
          0,
        )
      for (const each of due) sessions[sessions.indexOf(each)] = { ...each, lastSeenAt: now }
    }
    const { updated, hot, bytes } = await countsOf(t, database)
    assert.ok(updated >= 3 * 3000)
    assert.ok(hot >= 0.99 * updated, `${hot} of ${updated} updates were heap-only`)
    // The ten in a thousand that found no room on their page.
    assert.ok(bytes <= 1.05 * before.rows[0].bytes)
  })
})

describe('verifying on PostgreSQL', () => {
  for (const driver of ['pg', 'postgres.js'] as const) {
    test(`is none for what cannot be live, with ${driver}`, async (t) => {
      const database = await usersDatabase(t)
      const auth = await database.auth({ driver, timeoutSeconds: 0.5 })
      await database.application.query('alter table cloakroom_sessions rename to gone')
      const day = 86_400_000
      const cases = [
        ['', 'missing'],
        ['cloak_nonsense', 'malformed'],
        [formatToken('other_', mintToken(1, Date.now())), 'malformed'],
        [formatToken('cloak_', mintToken(1, Date.now() - 31 * day)), 'expired'],
        [formatToken('cloak_', mintToken(1, Date.now() + 2 * day)), 'unknown'],
      ] as const
      for (const [token, reason] of cases) {
        assert.deepEqual(await auth.verify(token), { status: 'anonymous', reason })
      }
    })
  }

  test('is one statement', async (t) => {
    const database = await usersDatabase(t)
    const { pool } = database.open('pg')
    let acquired = 0
    ;(pool as Pool).on('acquire', () => {
      acquired += 1
    })
    const auth = await database.auth({ pool })
    const { token } = await signInAs(auth, 1)
    const before = acquired
    assert.equal((await auth.verify(token)).status, 'authenticated')
    assert.equal(acquired - before, 1)
  })

  test('and everything else looks rows up by their keys, however many there are', async (t) => {
    const database = await usersDatabase(t)
    const { application } = database
    const store = await database.store()
    await begin({ clock, store }, 1)
    await multiply(database, 20_000)
    await application.query(
      `insert into users select generate_series(101, 20000);
       insert into cloakroom_user_states select id, 0, null, null from users;
       analyze users; analyze cloakroom_user_states`,
    )
    const connection = connect(application, { timeoutMs: 60_000, prepared: true })
    const prepared = await prepareSchema(connection.query, users, {})
    const { stats: _, ...texts } = statements(prepared.tables, prepared.users)
    for (const [name, text] of Object.entries(texts)) {
      const { rows } = await application.query({
        text: `explain (generic_plan, costs off) ${text}`,
        rowMode: 'array',
      })
      const scans = rows.flatMap(([line]) => /(?:Seq|Function) Scan on (\w+)/.exec(line)?.[1] ?? [])
      const ofOneRow = ['cloakroom_state', 'cloakroom_signing_keys']
      const others = scans.filter((table) => !ofOneRow.includes(table))
      assert.deepEqual(others, [], name)
    }
  })
})

describe('the clean-up in PostgreSQL', () => {
  test('of a process whose clock is wrong ends nobody', async (t) => {
    const database = await usersDatabase(t)
    const auth = await database.auth()
    const { token } = await signInAs(auth, 1)
    const year = 365 * 86_400_000
    for (const wrong of [-year, year]) {
      const elsewhere = await database.auth({ auth: { clock: () => Date.now() + wrong } })
      assert.equal(await elsewhere.prune(), 0)
    }
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  test('of an application with shorter timeouts ends no session of another', async (t) => {
    const database = await usersDatabase(t)
    const auth = await database.auth()
    const { token } = await signInAs(auth, 1)
    await database.application.query(
      `update cloakroom_sessions set created_at = created_at - interval '2 hours',
         last_seen_at = last_seen_at - interval '2 hours'`,
    )
    const timeouts = { idleTimeoutSeconds: 600, absoluteTimeoutSeconds: 3600 }
    const elsewhere = await database.auth({ auth: timeouts })
    assert.equal(await elsewhere.prune(), 0)
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })
})
