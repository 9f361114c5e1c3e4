import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { freshPostgresDatabase, sharedPostgres } from '@cloakroom/test-servers'
import type { Pool } from 'pg'
import { type TestDatabase, testDatabase } from '../../../test/postgres-database.ts'
import { type Cloakroom, cloakroom } from '../../cloakroom.ts'
import type { AnyUser, UserId, UsersTable } from '../../core/user.ts'
import { signInAs } from '../../testing/index.ts'
import { postgres } from './index.ts'

type Auth = Cloakroom<AnyUser>

async function databaseWith(t: TestContext, sql: string): Promise<TestDatabase> {
  const database = await testDatabase()
  t.after(() => database.close())
  await database.application.query(sql)
  return database
}

function open(pool: Pool, users: UsersTable): Promise<Auth> {
  const store = postgres(pool, { migrate: true })
  return cloakroom({ origin: 'https://app.example', store, users, pruneIntervalSeconds: false })
}

async function reasonOf(auth: Auth, token: string): Promise<string> {
  const verification = await auth.verify(token)
  return verification.status === 'anonymous' ? verification.reason : verification.status
}

describe("the application's users table in PostgreSQL", () => {
  const idTypes: readonly (readonly [string, UsersTable['id']['type'], UserId])[] = [
    ['text', 'text', 'ada'],
    ['text collate "C"', 'text', 'ada'],
    ['varchar(3)', 'text', 'ada'],
    ['char(8)', 'text', 'ada'],
    ['uuid', 'uuid', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['char(36)', 'uuid', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['smallint', 'integer', 7],
    ['integer', 'integer', 7],
    ['bigint', 'integer', 7],
    ['bigint', 'bigint', '9007199254740993'],
    ['positive', 'bigint', '7'],
  ]
  for (const [declared, type, id] of idTypes) {
    test(`may have ids of ${declared}, for ${type}`, async (t) => {
      const { application } = await databaseWith(
        t,
        `create domain positive as bigint check (value > 0);
         create table users (id ${declared} primary key)`,
      )
      await application.query('insert into users values ($1)', [id])
      const auth = await open(application, { table: 'users', id: { type } })
      const { token, user } = await signInAs(auth, id)
      assert.equal(user.id, id)
      assert.equal(await reasonOf(auth, token), 'authenticated')
      assert.equal((await auth.block(id)).length, 1)
      assert.equal(await reasonOf(auth, token), 'unknown')
    })
  }

  test('ids of char(8) have one spelling: without the spaces that the column is filled up with', async (t) => {
    const { application } = await databaseWith(t, 'create table users (id char(8) primary key)')
    await application.query("insert into users values ('ada')")
    const { rows } = await application.query('select id from users')
    const filledUp: string = rows[0].id
    const auth = await open(application, { table: 'users', id: { type: 'text' } })
    const { token } = await signInAs(auth, 'ada')
    for (const attempt of [
      () => auth.beginSignIn(filledUp),
      () => auth.block(filledUp),
      () => auth.revoke({ userId: filledUp }),
      () => auth.list(filledUp),
    ]) {
      await assert.rejects(attempt, { code: 'invalid_user_id' })
    }
    assert.equal(await reasonOf(auth, token), 'authenticated')
  })

  test('may be in another schema, have other names and capitals, and delete softly', async (t) => {
    const { application, schema } = await databaseWith(
      t,
      `create table "Members" ("Member" text primary key, mail text not null, deleted_at timestamptz,
         born smallint, rating numeric not null, kind kind not null, seen bigint not null)`.replace(
        /^/,
        `create type kind as enum ('staff', 'guest'); `,
      ),
    )
    await application.query(
      `insert into "Members" values ('ada', 'ada@example.com', null, 1815, 4.5, 'staff', 9007199254740993)`,
    )
    await application.query('set search_path to public')
    const auth = await open(application, {
      table: `${schema}.Members`,
      id: { column: 'Member', type: 'text' },
      active: 'deleted_at is null',
      select: {
        email: { column: 'mail', type: 'text' },
        born: { type: 'integer', nullable: true },
        rating: 'real',
        kind: 'text',
        seen: 'bigint',
      },
    })
    const { token, user } = await signInAs(auth, 'ada')
    const seen = '9007199254740993'
    const expected = { id: 'ada', email: 'ada@example.com', born: 1815, rating: 4.5, kind: 'staff' }
    assert.deepEqual(user, { ...expected, seen })
    await application.query(`update ${schema}."Members" set deleted_at = now()`)
    assert.equal(await reasonOf(auth, token), 'inactive')
  })

  test('is seen as it is: a plain SQL update is effective on the next request', async (t) => {
    const { application } = await databaseWith(t, usersTable)
    const auth = await open(application, users)
    const { token } = await signInAs(auth, 1)
    const steps = [
      ['update users set banned = true', 'inactive'],
      ['update users set banned = null', 'inactive'],
      ['update users set banned = false', 'authenticated'],
      [`update users set email = 'new@example.com'`, 'authenticated'],
      ['delete from users', 'inactive'],
    ] as const
    for (const [sql, reason] of steps) {
      await application.query(sql)
      assert.equal(await reasonOf(auth, token), reason, sql)
    }
  })

  test('may have columns with the names of ours: unqualified, they are its own', async (t) => {
    const { application } = await databaseWith(
      t,
      `create table users (id integer primary key, expires_at timestamptz, blocked_at timestamptz);
       insert into users values (1, 'infinity', null), (2, 'infinity', now()), (3, '-infinity', null)`,
    )
    const auth = await open(application, {
      table: 'users',
      id: { type: 'integer' },
      active: 'blocked_at is null and expires_at > now() -- theirs',
    })
    const { token } = await signInAs(auth, 1)
    await assert.rejects(signInAs(auth, 2), { code: 'user_inactive' })
    await assert.rejects(signInAs(auth, 3), { code: 'user_inactive' })
    await application.query('update users set blocked_at = now()')
    assert.equal(await reasonOf(auth, token), 'inactive')
  })

  test('never lets a longer id pass for a shorter one, nor a large one for another', async (t) => {
    const { application } = await databaseWith(
      t,
      `create table short (id varchar(3) primary key); insert into short values ('ada');
       create table small (id integer primary key); insert into small values (1)`,
    )
    const byName = await open(application, { table: 'short', id: { type: 'text' } })
    await assert.rejects(signInAs(byName, 'adam'), { code: 'user_inactive' })
    await application.query(
      'drop table cloakroom_sessions, cloakroom_user_states, cloakroom_state, cloakroom_signing_keys cascade',
    )
    await application.query('drop type cloakroom_verified_session cascade')
    const byNumber = await open(application, { table: 'small', id: { type: 'integer' } })
    await assert.rejects(signInAs(byNumber, 2 ** 32 + 1), { code: 'user_inactive' })
  })

  test('a value beyond 2^53 in an integer column is an error, never another number', async (t) => {
    const { application } = await databaseWith(
      t,
      `create table users (id integer primary key, tenant bigint not null);
       insert into users values (1, 9007199254740993)`,
    )
    const auth = await open(application, {
      table: 'users',
      id: { type: 'integer' },
      select: { tenant: 'integer' },
    })
    await assert.rejects(signInAs(auth, 1), { code: 'schema_mismatch' })
  })
})

const users = { table: 'users', id: { type: 'integer' }, active: 'not banned' } as const

const usersTable = `create table users (id integer primary key, email text not null,
  display_name text, banned boolean); insert into users values (1, 'ada@example.com', null, false)`

describe('the users option is checked against the catalogue at start', () => {
  const misfits: Record<string, { sql?: string; users: UsersTable; says: RegExp }> = {
    'no such table': { users: { ...users, table: 'people' }, says: /no table people/ },
    'no such schema': { users: { ...users, table: 'elsewhere.users' }, says: /no table/ },
    'other capitals': { users: { ...users, table: 'Users' }, says: /Capitals count/ },
    'a view': {
      sql: `${usersTable}; create view people as select * from users`,
      users: { ...users, table: 'people' },
      says: /view/,
    },
    'no such id column': {
      users: { ...users, id: { column: 'uid', type: 'integer' } },
      says: /no column uid/,
    },
    'another type of id': { users: { ...users, id: { type: 'text' } }, says: /int4|integer/ },
    'a bigint id as text': {
      sql: 'create table users (id bigint primary key)',
      users: { table: 'users', id: { type: 'text' } },
      says: /declared bigint/,
    },
    'a numeric id': {
      sql: 'create table users (id numeric primary key)',
      users: { table: 'users', id: { type: 'bigint' } },
      says: /declared numeric/,
    },
    'no unique id': {
      sql: 'create table users (id integer not null); create index on users (id)',
      users: { table: 'users', id: { type: 'integer' } },
      says: /unique/,
    },
    'an id that is not alone unique': {
      sql: 'create table users (id integer, tenant integer, primary key (id, tenant))',
      users: { table: 'users', id: { type: 'integer' } },
      says: /unique/,
    },
    'an id that is unique among some': {
      sql: 'create table users (id integer, gone boolean); create unique index on users (id) where not gone',
      users: { table: 'users', id: { type: 'integer' } },
      says: /unique/,
    },
    'an id that is unique when lowered': {
      sql: 'create table users (id text); create unique index on users (lower(id))',
      users: { table: 'users', id: { type: 'text' } },
      says: /unique/,
    },
    'an id that is unique in another collation': {
      sql: 'create table users (id text); create unique index on users (id collate "C")',
      users: { table: 'users', id: { type: 'text' } },
      says: /unique/,
    },
    'ids that are compared without regard to case': {
      sql: `create collation caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create table users (id text collate caseless primary key)`,
      users: { table: 'users', id: { type: 'text' } },
      says: /byte by byte/,
    },
    'no such selected column': {
      users: { ...users, select: { phone: 'text' } },
      says: /users\.select\.phone.*no column/,
    },
    'another type of column': {
      users: { ...users, select: { email: 'integer' } },
      says: /declared text, not integer/,
    },
    'nullable, and not said so': {
      users: { ...users, select: { name: { column: 'display_name', type: 'text' } } },
      says: /column: 'display_name', type: 'text', nullable: true/,
    },
    'active names no column': { users: { ...users, active: 'not baned' }, says: /baned/ },
    'active is no condition': { users: { ...users, active: 'email' }, says: /active/ },
    'active is no expression': { users: { ...users, active: 'not (' }, says: /active/ },
  }
  test('ids of citext', async (t) => {
    // Of a database of its own: an extension is there once in each.
    const database = await testDatabase(await freshPostgresDatabase(await sharedPostgres()))
    t.after(() => database.close())
    const { application } = database
    await application.query(
      `create extension citext; create table users (id citext primary key, email citext not null)`,
    )
    const people = { table: 'users', id: { type: 'text' } } as const
    await assert.rejects(open(application, people), { code: 'schema_mismatch' })
    await application.query(
      `alter table users alter id type text; insert into users values ('a', 'A')`,
    )
    const auth = await open(application, { ...people, select: { email: 'text' } })
    assert.deepEqual((await signInAs(auth, 'a')).user, { id: 'a', email: 'A' })
  })

  for (const [what, { sql = usersTable, users, says }] of Object.entries(misfits)) {
    test(what, async (t) => {
      const { application } = await databaseWith(t, sql)
      await assert.rejects(open(application, users), { code: 'schema_mismatch', message: says })
      const { rows } = await application.query(`select to_regclass('cloakroom_state') as made`)
      assert.deepEqual(rows, [{ made: null }], 'before a table is made')
    })
  }
})
