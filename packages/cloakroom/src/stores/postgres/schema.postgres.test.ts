import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { queryPostgres } from '@cloakroom/test-servers'
import { Pool } from 'pg'
import { type TestDatabase, testDatabase } from '../../../test/postgres-database.ts'
import { type Cloakroom, cloakroom } from '../../cloakroom.ts'
import { migrate, pendingMigrations } from '../../core/migrate.ts'
import type { AnyUser, UsersTable } from '../../core/user.ts'
import { signInAs } from '../../testing/index.ts'
import { type PgPool, type PostgresOptions, postgres, schemaSql } from './index.ts'

const statements = readFileSync(new URL('../../../schema/postgres.sql', import.meta.url), 'utf8')
const documentation = readFileSync(
  new URL('../../../../../docs/postgres.md', import.meta.url),
  'utf8',
)

const users = { table: 'users', id: { type: 'integer' } } as const satisfies UsersTable

async function databaseWithUsers(t: TestContext): Promise<TestDatabase> {
  const database = await testDatabase()
  t.after(() => database.close())
  await database.application.query(
    'create table users (id integer primary key); insert into users values (1), (2)',
  )
  return database
}

function open(pool: PgPool, options: PostgresOptions = {}): Promise<Cloakroom<AnyUser>> {
  const store = postgres(pool, options)
  return cloakroom({ origin: 'https://app.example', store, users, pruneIntervalSeconds: false })
}

describe('the tables of PostgreSQL', () => {
  test('must be there, unless migrate makes them', async (t) => {
    const { application } = await databaseWithUsers(t)
    await assert.rejects(open(application), { code: 'schema_missing' })
    const store = postgres(application)
    assert.deepEqual(await migrate({ store, users }), { from: 0, to: 1 })
    assert.equal((await signInAs(await open(application), 1)).user.id, 1)
  })

  test('can be made by the statements that are pending, and by those that are published', async (t) => {
    const { application, schema } = await databaseWithUsers(t)
    const store = postgres(application)
    const pending = await pendingMigrations({ store, users })
    assert.equal(pending[0], schemaSql({ schema, prefix: 'cloakroom_', userIdType: 'integer' }))
    for (const statements of pending) await application.query(statements)
    assert.deepEqual(await pendingMigrations({ store, users }), [])
    assert.deepEqual(await migrate({ store, users }), { from: 1, to: 1 })
    await open(application)
  })

  test('are left alone by a second migration, and may be there twice under two prefixes', async (t) => {
    const { application } = await databaseWithUsers(t)
    const auth = await open(application, { migrate: true })
    const { token } = await signInAs(auth, 1)
    const again = await open(application, { migrate: true })
    assert.equal((await again.verify(token)).status, 'authenticated')
    const other = await open(application, { migrate: true, prefix: 'other_' })
    assert.deepEqual(await other.verify(token), { status: 'anonymous', reason: 'unknown' })
  })

  test('are made once by many processes that migrate at once', async (t) => {
    const database = await databaseWithUsers(t)
    const pools = Array.from({ length: 6 }, () => database.open('pg').pool)
    const migrated = await Promise.all(
      pools.map((pool) => migrate({ store: postgres(pool), users })),
    )
    assert.equal(migrated.filter(({ from }) => from === 0).length, 1)
    assert.equal(migrated.filter(({ from }) => from === 1).length, 5)
  })

  test('are not half made by a migration that fails', async (t) => {
    const { application } = await databaseWithUsers(t)
    await application.query('create type cloakroom_verified_session as (taken integer)')
    await assert.rejects(open(application, { migrate: true }), { code: 'store_unavailable' })
    const { rows } = await application.query(`select to_regclass('cloakroom_sessions') as made`)
    assert.deepEqual(rows, [{ made: null }])
  })

  test('may be in a schema of their own, which must be there', async (t) => {
    const { application, schema } = await databaseWithUsers(t)
    const elsewhere = `${schema} "of ours"`
    await assert.rejects(open(application, { schema: elsewhere, migrate: true }), {
      code: 'schema_mismatch',
    })
    await application.query(`create schema "${elsewhere.replaceAll('"', '""')}"`)
    const auth = await open(application, { schema: elsewhere, migrate: true })
    const { token } = await signInAs(auth, 1)
    assert.equal((await auth.verify(token)).status, 'authenticated')
    const { rows } = await application.query(`select to_regclass('cloakroom_sessions') as here`)
    assert.deepEqual(rows, [{ here: null }])
  })

  test('are those of the search path when the store was opened, whatever it is later', async (t) => {
    const { url, schema } = await databaseWithUsers(t)
    const pool = new Pool({ connectionString: url, max: 1 })
    t.after(() => pool.end())
    const auth = await open(pool, { migrate: true })
    const { token } = await signInAs(auth, 1)
    await pool.query(`set search_path to pg_temp; create table pg_temp.users (id integer primary key);
      create table pg_temp.cloakroom_sessions (id integer)`)
    assert.equal((await auth.verify(token)).status, 'authenticated')
    await pool.query(`drop table users; set search_path to nowhere, ${schema}`)
    assert.equal((await (await open(pool)).verify(token)).status, 'authenticated')
  })

  test('of no search path at all are refused', async (t) => {
    const { url } = await databaseWithUsers(t)
    const pool = new Pool({ connectionString: url, max: 1 })
    t.after(() => pool.end())
    await pool.query('set search_path to nowhere')
    await assert.rejects(open(pool), { code: 'schema_mismatch', message: /search path/ })
  })

  test('that have lost their one row of state are refused', async (t) => {
    const { application } = await databaseWithUsers(t)
    await open(application, { migrate: true })
    await application.query('delete from cloakroom_state')
    await assert.rejects(open(application), { code: 'schema_mismatch' })
    await assert.rejects(open(application, { migrate: true }), { code: 'schema_mismatch' })
  })

  test('cannot have a second row of state', async (t) => {
    const { application } = await databaseWithUsers(t)
    await open(application, { migrate: true })
    const second = 'insert into cloakroom_state select false, 1, 0, 1, 1, 1, 0'
    await assert.rejects(application.query(second), { code: '23514' })
  })

  test('of a later version are refused', async (t) => {
    const { application } = await databaseWithUsers(t)
    await open(application, { migrate: true })
    await application.query('update cloakroom_state set schema_version = 2')
    const store = postgres(application)
    await assert.rejects(open(application), { code: 'schema_newer' })
    await assert.rejects(migrate({ store, users }), { code: 'schema_newer' })
    await assert.rejects(pendingMigrations({ store, users }), { code: 'schema_newer' })
  })

  test('are documented as they are', () => {
    assert.ok(documentation.includes(`\`\`\`sql\n${statements}\`\`\``))
    assert.ok(!/[^\x20-\x7e\n]/.test(statements), 'a terminal of any encoding shows them')
    assert.ok(statements.split('\n').every((line) => line.length <= 100))
  })

  const otherIds = [
    { made: 'integer', type: 'integer', later: 'bigint' },
    { made: 'text', type: 'text', later: 'varchar(255)' },
    { made: 'text', type: 'text', later: 'text collate "C"' },
    { made: 'text collate "C"', type: 'text', later: 'text' },
  ] as const
  for (const { made, type, later } of otherIds) {
    test(`made for ids of ${made} are refused for ${later}: no index would serve`, async (t) => {
      const { application } = await databaseWithUsers(t)
      const store = postgres(application, { migrate: true })
      const people = { table: 'people', id: { type } } as const
      const options = { origin: 'https://app.example', store, users: people } as const
      await application.query(`create table people (id ${made} primary key)`)
      await (await cloakroom(options)).close()
      await application.query(`alter table people alter id type ${later}`)
      await assert.rejects(cloakroom(options), { code: 'schema_mismatch', message: /user_id is/ })
    })
  }

  test('are as they were where the ids only became longer', async (t) => {
    const { application } = await databaseWithUsers(t)
    const store = postgres(application, { migrate: true })
    const people = { table: 'people', id: { type: 'text' } } as const
    const options = { origin: 'https://app.example', store, users: people } as const
    await application.query('create table people (id varchar(3) primary key)')
    await (await cloakroom(options)).close()
    await application.query(
      `alter table people alter id type varchar(9); insert into people values ('lovelace')`,
    )
    const auth = await cloakroom(options)
    assert.equal((await signInAs(auth, 'lovelace')).user.id, 'lovelace')
    await auth.close()
  })
})

describe('the rights in PostgreSQL', () => {
  test('that documentation names suffice at run time, and nothing can be made with them', async (t) => {
    const database = await databaseWithUsers(t)
    const { application, schema } = database
    await open(application, { migrate: true })
    const role = `${schema}_app`
    const grants = /```sql\n(grant [\s\S]*?)```/.exec(documentation)?.[1]
    await application.query(`create role ${role} login password 'secret'`)
    await application.query(
      (grants ?? '').replaceAll('public', schema).replaceAll('app_role', role),
    )
    const url = new URL(database.url)
    url.username = role
    url.password = 'secret'
    const pool = new Pool({ connectionString: url.href })
    t.after(() => pool.end())

    await assert.rejects(queryPostgres(url.href, 'create table theirs (id integer)'), {
      code: '42501',
    })
    const auth = await open(pool)
    const { token, session } = await signInAs(auth, 1)
    await auth.update(session.id, { cart: 1 })
    await auth.stepUp(token, { methods: ['pwd'] })
    await auth.list(1)
    await auth.block(1)
    await auth.unblock(1)
    const other = await signInAs(auth, 2)
    await auth.prune()
    await auth.stats()
    assert.deepEqual(await auth.revoke({ everybody: true }), [other.session.id])
  })
})
