import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Pool, types } from 'pg'
import openPostgresJs from 'postgres'
import { type TestDatabase, testDatabase } from '../../../test/postgres-database.ts'
import { cloakroom } from '../../cloakroom.ts'
import type { UsersTable } from '../../core/user.ts'
import { signInAs } from '../../testing/index.ts'
import { type PgPool, type PostgresJs, type PostgresOptions, postgres } from './index.ts'

const users = {
  table: 'users',
  id: { type: 'bigint' },
  active: 'not banned',
  select: {
    admin: 'boolean',
    score: 'integer',
    ratio: 'real',
    note: { type: 'text', nullable: true },
  },
} as const satisfies UsersTable

const ada = { id: '9007199254740993', admin: true, score: 42, ratio: 0.1, note: null }

type Auth = Awaited<ReturnType<typeof open>>

async function databaseWithUsers(t: TestContext): Promise<TestDatabase> {
  const database = await testDatabase()
  t.after(() => database.close())
  await database.application.query(
    `create table users (id bigint primary key, banned boolean not null default false,
       admin boolean not null, score bigint not null, ratio float8 not null, note text);
     insert into users values (9007199254740993, false, true, 42, 0.1, null)`,
  )
  return database
}

function open(pool: PgPool | PostgresJs, options: PostgresOptions = {}) {
  const store = postgres(pool, { migrate: true, ...options })
  return cloakroom({
    origin: 'https://app.example',
    store,
    users,
    maxSessionsPerUser: { limit: 3, whenReached: 'end_oldest' },
    pruneIntervalSeconds: false,
  })
}

/** Uses whatever passes values to the server and back. */
async function assertWorks(auth: Auth): Promise<void> {
  const data = { text: `\u0000 ' " \\ é 👩\u200d🚀`, list: [1, null] }
  const signedIn = await signInAs(auth, ada.id, { methods: ['pwd'], ip: '2001:db8::1', data })
  assert.deepEqual(signedIn.user, ada)
  const verification = await auth.verify(signedIn.token)
  assert(verification.status === 'authenticated')
  const { session, user } = verification
  assert.deepEqual(user, ada)
  assert.deepEqual(session.data, data)
  assert.deepEqual(session.methods, ['pwd'])
  assert.ok(Math.abs(session.createdAt.getTime() - Date.now()) < 60_000)
  await auth.update(session.id, { cart: [1] })
  const rotated = await auth.stepUp(signedIn.token, { methods: ['otp'] })
  assert.equal((await auth.verify(signedIn.token)).status, 'anonymous')
  assert.equal((await auth.verify(rotated?.token)).status, 'authenticated')
  assert.deepEqual(
    (await auth.list(ada.id)).map(({ id }) => id),
    [session.id],
  )
  assert.deepEqual(await auth.block(ada.id), [session.id])
  assert.notEqual(await auth.blockedAt(ada.id), null)
  await auth.unblock(ada.id)
}

describe("the application's own choices change nothing", () => {
  test('parsers of types, in pg', async (t) => {
    const { url } = await databaseWithUsers(t)
    const strange = (): never => assert.fail('a parser of the application was asked')
    const pool = new Pool({ connectionString: url, types: { getTypeParser: () => strange } })
    t.after(() => pool.end())
    await assertWorks(await open(pool))
  })

  test('parsers for the whole process, in pg', async (t) => {
    const { url } = await databaseWithUsers(t)
    const oids = [16, 17, 20, 23, 25, 114, 701, 1184, 2950]
    const before = oids.map((oid) => types.getTypeParser(oid))
    for (const oid of oids) types.setTypeParser(oid, () => 'strange')
    try {
      const pool = new Pool({ connectionString: url })
      t.after(() => pool.end())
      await assertWorks(await open(pool))
    } finally {
      for (const [index, oid] of oids.entries()) types.setTypeParser(oid, before[index] as never)
    }
  })

  test('types and transforms, in postgres.js', async (t) => {
    const { url } = await databaseWithUsers(t)
    const strange = { serialize: () => 'strange', parse: () => 'strange' }
    const oids = [16, 17, 20, 21, 23, 25, 114, 701, 1184, 2950, 2951]
    const sql = openPostgresJs(url, {
      types: Object.fromEntries(
        oids.map((oid) => [`t${oid}`, { ...strange, to: oid, from: [oid] }]),
      ),
      transform: { ...openPostgresJs.camel, value: { from: () => 'strange' } },
    })
    t.after(() => sql.end())
    await assertWorks(await open(sql))
  })

  test('rows that postgres.js transforms are refused', async () => {
    const sql = openPostgresJs({ transform: { row: { from: (row: object) => row } } })
    assert.throws(() => postgres(sql), { name: 'TypeError', message: /transform\.row/ })
    await sql.end()
  })

  const settings: Record<string, string> = {
    'bytea_output = escape': 'bytea_output=escape',
    'extra_float_digits = -15': 'extra_float_digits=-15',
    'datestyle and time zone':
      'datestyle=German -c timezone=Asia/Kathmandu -c intervalstyle=iso_8601',
    'default_transaction_isolation = serializable': 'default_transaction_isolation=serializable',
    'default_transaction_isolation = repeatable read':
      'default_transaction_isolation=repeatable\\ read',
    'standard_conforming_strings = off': 'standard_conforming_strings=off',
    'synchronous_commit = off': 'synchronous_commit=off',
    'generic plans': 'plan_cache_mode=force_generic_plan',
    'custom plans': 'plan_cache_mode=force_custom_plan',
    'no index scans': 'enable_indexscan=off -c enable_bitmapscan=off -c enable_nestloop=off',
    'nothing but nested loops': 'enable_hashjoin=off -c enable_mergejoin=off -c enable_sort=off',
  }
  for (const [what, setting] of Object.entries(settings)) {
    test(`settings of the server: ${what}`, async (t) => {
      const { url, schema } = await databaseWithUsers(t)
      const options = `-c search_path=${schema} -c ${setting}`
      const pool = new Pool({ connectionString: url.replace(/\?.*/, ''), options })
      t.after(() => pool.end())
      const auth = await open(pool)
      await assertWorks(auth)
      // Each must know that the others are there, whatever its snapshot would be.
      const signIns = Array.from({ length: 8 }, () => signInAs(auth, ada.id))
      await Promise.all(signIns)
      assert.equal((await auth.list(ada.id)).length, 3)
    })
  }
})

describe('prepared statements in PostgreSQL', () => {
  for (const driver of ['pg', 'postgres.js'] as const) {
    test(`outlive what makes their plans stale, with ${driver}`, async (t) => {
      const database = await databaseWithUsers(t)
      const { application } = database
      const auth = await open(database.open(driver).pool)
      const { token, session } = await signInAs(auth, ada.id)
      const changes = [
        'alter table users alter admin type text using admin::text',
        'alter table users alter admin type boolean using admin::boolean',
        'alter table users alter id type numeric',
        'alter table users alter id type bigint',
        'alter table users add another integer',
        'alter table users drop another',
        'drop index cloakroom_sessions_user_id',
        'create index cloakroom_sessions_user_id on cloakroom_sessions (user_id) where user_id is not null',
        'analyze users',
      ]
      for (const change of changes) {
        await application.query(change)
        if (change.endsWith('admin::text') || change.endsWith('numeric')) continue
        // Several at once: each connection of the pool has a plan of its own.
        const all = await Promise.all(Array.from({ length: 8 }, () => auth.verify(token)))
        assert.ok(
          all.every(({ status }) => status === 'authenticated'),
          change,
        )
        await auth.revoke({ userId: ada.id, except: session.id })
      }
    })
  }

  test('may be switched off, for poolers that cannot have them', async (t) => {
    const { url } = await databaseWithUsers(t)
    const count = `select count(*)::text as count from pg_prepared_statements
      where statement like '%cloakroom%'`
    const pool = new Pool({ connectionString: url, max: 1 })
    const sql = openPostgresJs(url, { max: 1, onnotice: () => undefined })
    t.after(() => Promise.all([pool.end(), sql.end()]))
    await assertWorks(await open(pool, { preparedStatements: false }))
    await assertWorks(await open(sql, { preparedStatements: false }))
    assert.deepEqual((await pool.query(count)).rows, [{ count: '0' }])
    assert.deepEqual([...(await sql.unsafe(count))], [{ count: '0' }])
  })

  test('that a pooler has thrown away are prepared again', async (t) => {
    const { url } = await databaseWithUsers(t)
    const pool = new Pool({ connectionString: url, max: 1 })
    t.after(() => pool.end())
    const auth = await open(pool)
    const { token } = await signInAs(auth, ada.id)
    for (let times = 0; times < 3; times += 1) {
      await pool.query('discard all')
      await pool.query(`set search_path to nowhere`)
      assert.equal((await auth.verify(token)).status, 'authenticated')
    }
  })
})
