import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { Pool } from 'pg'
import { type TestDatabase, testDatabase } from '../../../../test/postgres-database.ts'
import { migrate, pendingMigrations } from '../../../core/migrate.ts'
import type { Store } from '../../../core/store.ts'
import type { UsersTable } from '../../../core/user.ts'
import { type PgPool, type PostgresOptions, postgres } from '../index.ts'

const users = {
  table: 'users',
  id: { type: 'bigint' },
  active: 'not banned and deleted_at is null',
  select: { email: 'text', admin: 'boolean' },
} as const satisfies UsersTable

const usersTable = (
  name: string,
) => `create table ${name} (id bigint primary key, email text not null,
  admin boolean not null, banned boolean not null, deleted_at timestamptz, last_login timestamptz)`

async function databaseWithUsers(t: TestContext): Promise<TestDatabase> {
  const database = await testDatabase()
  t.after(() => database.close())
  await database.application.query(usersTable('users'))
  return database
}

function open(
  pool: PgPool,
  option: UsersTable = users,
  more: PostgresOptions = {},
): Promise<Store> {
  return postgres(pool, { feed: true, verifyFunction: false, ...more }).open({
    users: option,
    clock: Date.now,
  })
}

async function countOurs({ application, schema }: TestDatabase): Promise<number> {
  const { rows } = await application.query(
    `select t.oid from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where p.pronamespace = to_regnamespace($1)
     union all select oid from pg_proc
      where pronamespace = to_regnamespace($1) and proname like 'cloakroom_tell%'`,
    [schema],
  )
  return rows.length
}

const refused = { code: 'schema_mismatch', message: /triggers of the feed.*Migrate again/ }

describe('the migration of the feed', () => {
  test('makes nothing, and nothing is looked for, without the option', async (t) => {
    const database = await databaseWithUsers(t)
    const store = postgres(database.application)
    await migrate({ store, users })
    assert.equal(await countOurs(database), 0)
    const opened = await store.open({ users, clock: Date.now })
    assert.equal(opened.feed, undefined)
  })

  test('makes the triggers with the tables, or beside tables that are there', async (t) => {
    for (const before of [true, false]) {
      const { application } = await databaseWithUsers(t)
      if (before) await migrate({ store: postgres(application), users })
      const store = postgres(application, { feed: true })
      const from = before ? 1 : 0
      assert.deepEqual(await migrate({ store, users }), { from, to: 1 })
      assert.deepEqual(await pendingMigrations({ store, users }), [])
      assert.notEqual((await open(application)).feed, undefined)
    }
  })

  test('can be made by the statements that are pending, and leaves nothing else', async (t) => {
    const { application, schema } = await databaseWithUsers(t)
    const store = postgres(application, { feed: true })
    const pending = await pendingMigrations({ store, users })
    const views = `select from pg_class where relkind = 'v' and relnamespace = to_regnamespace($1)`
    assert.equal((await application.query(views, [schema])).rows.length, 0)
    for (const statements of pending) await application.query(statements)
    assert.deepEqual(await pendingMigrations({ store, users }), [])
    await open(application)
  })

  test('is shown in the documentation as it is', async (t) => {
    const { application, schema } = await databaseWithUsers(t)
    await migrate({ store: postgres(application), users })
    const store = postgres(application, { feed: true })
    const statements = (await pendingMigrations({ store, users }))
      .map((each) => `${each};\n`.replaceAll(`"${schema}"`, 'public').replaceAll(schema, 'public'))
      .join('\n')
      .replace(/hash \w{16}/, 'hash 0123456789abcdef')
    const page = new URL('../../../../../../docs/postgres.md', import.meta.url)
    const shown = /```sql\n(create or replace function[\s\S]*?)```/.exec(readFileSync(page, 'utf8'))
    assert.equal(shown?.[1], statements)
  })

  const spoilt: Record<string, string> = {
    'were never made': 'drop function cloakroom_tell_user cascade',
    'are switched off': 'alter table users disable trigger cloakroom_changed',
    'are gone from a table': 'drop trigger cloakroom_removed on cloakroom_sessions',
    'call something else': `create or replace function cloakroom_tell_changed() returns trigger
      language plpgsql as 'begin return null; end'`,
  }
  for (const [what, sql] of Object.entries(spoilt)) {
    test(`is asked for again where triggers ${what}`, async (t) => {
      const { application } = await databaseWithUsers(t)
      await open(application, users, { migrate: true })
      await application.query(sql)
      await assert.rejects(open(application), refused)
    })
  }

  test('is asked for again by another users option, and then listens to that', async (t) => {
    const { application } = await databaseWithUsers(t)
    await open(application, users, { migrate: true })
    const others: UsersTable[] = [
      { ...users, active: 'not banned' },
      { ...users, select: { ...users.select, last_login: { type: 'text', column: 'email' } } },
    ]
    for (const other of others) {
      await assert.rejects(open(application, other), refused)
      await open(application, other, { migrate: true })
      await assert.rejects(open(application), refused)
    }
  })

  test('takes its triggers off a users table that is another one now', async (t) => {
    const { application } = await databaseWithUsers(t)
    await application.query(usersTable('people'))
    await open(application, users, { migrate: true })
    await open(application, { ...users, table: 'people' }, { migrate: true })
    const { rows } = await application.query(
      `select tgrelid::regclass::text as table from pg_trigger
        where tgname = 'cloakroom_changed' and tgrelid in ('users'::regclass, 'people'::regclass)`,
    )
    assert.deepEqual(rows, [{ table: 'people' }])
  })

  test('refuses tables that inherit from that of the users: nobody would hear of them', async (t) => {
    const { application } = await databaseWithUsers(t)
    await application.query('create table guests () inherits (users)')
    await assert.rejects(open(application, users, { migrate: true }), {
      code: 'schema_mismatch',
      message: /guests.*inherits/,
    })
  })

  test('by a role that may not make triggers on the users says what it lacks', async (t) => {
    const database = await databaseWithUsers(t)
    const { application, schema } = database
    const role = `${schema}_owner`
    await application.query(
      `create role ${role} login password 'secret'; grant usage, create on schema ${schema} to ${role};
       grant select on users to ${role}`,
    )
    const url = new URL(database.url)
    url.username = role
    url.password = 'secret'
    const pool = new Pool({ connectionString: url.href })
    t.after(() => pool.end())
    await assert.rejects(open(pool, users, { migrate: true }), {
      code: 'schema_mismatch',
      message: /grant trigger on .*users/,
    })
    await application.query(`grant trigger on users to ${role}`)
    await open(pool, users, { migrate: true })
    await open(pool, { ...users, active: 'true' }, { migrate: true })
  })

  test('needs no more rights at run time: whoever may change a row is heard', async (t) => {
    const database = await databaseWithUsers(t)
    const { application, schema } = database
    await open(application, users, { migrate: true })
    const role = `${schema}_other`
    await application.query(
      `revoke execute on all functions in schema ${schema} from public;
       create role ${role}; grant usage on schema ${schema} to ${role};
       grant select, update on users to ${role}; insert into users values (1, 'a', false, false);
       begin; set local role ${role}; set local search_path = ${schema};
       update users set banned = true; commit`,
    )
  })
})

test('tables in two schemas, with the same prefix and the same users: both are told of these', async (t) => {
  const database = await databaseWithUsers(t)
  const { application, schema } = database
  await application.query(`create schema ${schema}_2`)
  const all = [schema, `${schema}_2`]
  for (const each of [...all, ...all]) {
    await migrate({ store: postgres(application, { schema: each, feed: true }), users })
  }
  const stores = await Promise.all(all.map((each) => open(application, users, { schema: each })))
  await Promise.all(stores.map((store) => store.close()))
})
