import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type NoticesDatabase, noticesDatabase } from '../../../../test/postgres-notices.ts'
import type { UsersTable } from '../../../core/user.ts'

/** A database after these statements, in which `$schema` stands for its schema. */
async function databaseOf(
  t: TestContext,
  tables: string,
  users: UsersTable,
): Promise<NoticesDatabase> {
  const database = await noticesDatabase(t)
  await database.run(tables.replaceAll('$schema', database.schema))
  await database.migrate({ ...users, table: users.table.replace('$schema', database.schema) })
  return database
}

const users = {
  table: 'users',
  id: { type: 'integer' },
  active: 'not banned',
} as const satisfies UsersTable

/** The ids that were told of, in each notice. */
async function toldIds({ told }: NoticesDatabase): Promise<unknown[]> {
  return (await told()).map(({ userIds }) => userIds)
}

describe('a users table that is partitioned is heard', () => {
  const partitioned = `create table users
      (id integer primary key, banned boolean not null default false, note text)
      partition by range (id);
    create table young partition of users for values from (1) to (100);
    create table old (note text, banned boolean not null default false, id integer not null);
    alter table users attach partition old for values from (100) to (200);
    insert into users values (1), (2), (101), (102)`

  for (const table of ['users', 'young', 'old']) {
    test(`by statements that name ${table}`, async (t) => {
      const database = await databaseOf(t, partitioned, users)
      const id = table === 'old' ? 101 : 1
      await database.run(`update ${table} set note = 'x'`)
      assert.deepEqual(await toldIds(database), [])
      await database.run(`update ${table} set banned = true where id = ${id}`)
      assert.deepEqual(await toldIds(database), [[String(id)]])
      await database.run(`delete from ${table} where id = ${id}`)
      assert.deepEqual(await toldIds(database), [[String(id)]])
    })
  }

  test('where a user moves to another partition', async (t) => {
    const database = await databaseOf(t, partitioned, users)
    await database.run('update users set id = 150 where id = 1')
    assert((await toldIds(database)).flat().includes('1'))
  })

  test('by partitions that are made later, too', async (t) => {
    const database = await databaseOf(t, partitioned, users)
    await database.run(
      `create table oldest partition of users for values from (200) to (300);
       insert into oldest values (201); delete from oldest`,
    )
    assert.deepEqual(await toldIds(database), [['201']])
  })

  test('in another schema, under names that need quotes', async (t) => {
    const database = await databaseOf(
      t,
      `create schema "$schema People";
       create table "$schema People"."Users" ("Id ""x""" integer primary key, "Ban" boolean)`,
      {
        table: '$schema People.Users',
        id: { column: 'Id "x"', type: 'integer' },
        active: '"Ban" is not true',
      },
    )
    const table = `"${database.schema} People"."Users"`
    await database.run(`insert into ${table} values (7); update ${table} set "Ban" = true`)
    assert.deepEqual(await toldIds(database), [['7']])
  })
})

describe('the columns that are listened to', () => {
  const cases: Record<string, { tables: string; active: string; loud: string; silent: string }> = {
    'have types without a comparison of their own': {
      tables: `create table users (id integer primary key, settings json, place point, note text);
        insert into users values (1, '{}', '(0,0)')`,
      active: `settings ->> 'banned' is null and place is not null`,
      loud: `settings = '{ }'`,
      silent: `settings = '{}', place = '(0,0)', note = 'x'`,
    },
    'are those that a generated column is made of': {
      tables: `create table users (id integer primary key, banned_at date, note text,
          banned boolean generated always as (banned_at is not null));
        insert into users values (1)`,
      active: 'not banned',
      loud: `banned_at = '2026-01-01'`,
      silent: `note = 'x'`,
    },
    'are those in a subquery of active': {
      tables: `create table users (id integer primary key, team integer, note text);
        create table bans (team integer); insert into users values (1, 1)`,
      active: 'not exists (select from bans where bans.team = users.team)',
      loud: 'team = 2',
      silent: `note = 'x'`,
    },
  }
  for (const [what, { tables, active, loud, silent }] of Object.entries(cases)) {
    test(what, async (t) => {
      const database = await databaseOf(t, tables, { ...users, active })
      await database.run(`update users set ${silent}`)
      assert.deepEqual(await toldIds(database), [])
      await database.run(`update users set ${loud}`)
      assert.deepEqual(await toldIds(database), [['1']])
    })
  }

  test('are all, where active is given the row as a whole', async (t) => {
    const database = await databaseOf(
      t,
      `create table users (id integer primary key, note text);
       create function is_welcome(users) returns boolean stable language sql as
         $$ select $1.note is null $$;
       insert into users values (1)`,
      { ...users, active: 'is_welcome(users)' },
    )
    await database.run(`update users set note = 'x'`)
    assert.deepEqual(await toldIds(database), [['1']])
  })

  test('may be renamed', async (t) => {
    const tables = 'create table users (id integer primary key, banned boolean default false)'
    const database = await databaseOf(t, tables, users)
    await database.run('alter table users rename banned to barred; insert into users values (1)')
    await database.run('update users set barred = true')
    assert.deepEqual(await toldIds(database), [['1']])
  })
})

describe('the ids of users', () => {
  const table = (type: string) => `create table users (id ${type} primary key)`

  test('may hold any text', async (t) => {
    const database = await databaseOf(t, table('text'), { table: 'users', id: { type: 'text' } })
    const ids = [`"}';--\\`, ' ', '', '\u0001\n\u2028é😀', '{"everybody":true}', 'x'.repeat(2500)]
    for (const id of ids) await database.run('insert into users values ($1)', [id])
    await database.run('delete from users')
    assert.deepEqual((await toldIds(database)).flat().sort(), ids.sort())
  })

  test('that do not fit into a notice are everybody', async (t) => {
    const database = await databaseOf(t, table('text'), { table: 'users', id: { type: 'text' } })
    await database.run('insert into users values ($1)', ['\u0001'.repeat(2000)])
    await database.run('delete from users')
    assert.deepEqual(await database.told(), [{ everybody: true }])
  })

  for (const [type, id] of [
    ['uuid', '01936b6e-0000-7000-8000-000000000001'],
    ['bigint', '9223372036854775807'],
    ['smallint', '-7'],
    ['char(5)', 'ada'],
  ] as const) {
    test(`of type ${type} are told as find gives them`, async (t) => {
      const idType = {
        uuid: 'uuid',
        bigint: 'bigint',
        smallint: 'integer',
        'char(5)': 'text',
      } as const
      const option = { table: 'users', id: { type: idType[type] } }
      const database = await databaseOf(t, table(type), option)
      await database.run('insert into users values ($1)', [id])
      await database.run('delete from users')
      assert.deepEqual(await toldIds(database), [[id]])
    })
  }
})
