import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import {
  insertSessions,
  type NoticesDatabase,
  noticesDatabase,
} from '../../../../test/postgres-notices.ts'
import type { UsersTable } from '../../../core/user.ts'

const users = {
  table: 'users',
  id: { type: 'integer' },
  active: 'not banned',
  select: { email: { type: 'text', nullable: true } },
} as const satisfies UsersTable

const session = '01936b6e-0000-7000-8000-000000000001'

async function databaseOf(
  t: TestContext,
  tables = `create table users (id integer primary key, banned boolean not null default false,
    email text, last_login timestamptz)`,
  option: UsersTable = users,
): Promise<NoticesDatabase> {
  const database = await noticesDatabase(t)
  await database.run(tables)
  await database.migrate(option)
  return database
}

describe('the triggers tell', () => {
  test('of sessions that any SQL deletes, but not of those past their deadline', async (t) => {
    const { run, told } = await databaseOf(t)
    await run(insertSessions(`'${session}'`))
    await run(insertSessions('gen_random_uuid()', '-1 second'))
    assert.deepEqual(await told(), [])
    await run('delete from cloakroom_sessions')
    assert.deepEqual(await told(), [{ sessionIds: [session] }])
    await run('delete from cloakroom_sessions')
    assert.deepEqual(await told(), [])
  })

  const changes = [
    `secret_hash = 'x'`,
    `data = '{"a":1}'`,
    'authenticated_at = now()',
    `methods = 'otp'`,
    'epoch = 7',
    `client_id = 'c'`,
    'user_id = 2',
    'impersonator_id = 2',
    'expires_at = now()',
    `created_at = now() - interval '1 day'`,
    'persistent = false',
    `ip = '::1'`,
    `device = 'd'`,
  ]
  for (const change of changes) {
    test(`of a session of which anybody sets ${change}`, async (t) => {
      const { run, told } = await databaseOf(t)
      await run(insertSessions(`'${session}'`))
      await run(`update cloakroom_sessions set ${change}`)
      assert.deepEqual(await told(), [{ sessionIds: [session] }])
    })
  }

  test('of sessions that end with their user, by a foreign key', async (t) => {
    const { run, told } = await databaseOf(t)
    await run('insert into users select generate_series(1, 3)')
    await run(`alter table cloakroom_sessions
      add foreign key (user_id) references users on delete cascade`)
    await run(insertSessions(`'${session}'`))
    await run('delete from users where id = 1')
    const notices = await told()
    assert.deepEqual(
      new Set(notices.map((each) => JSON.stringify(each))),
      new Set([JSON.stringify({ sessionIds: [session] }), JSON.stringify({ userIds: ['1'] })]),
    )
  })

  test('of users whose own columns change, and of no others', async (t) => {
    const { run, told } = await databaseOf(t)
    await run('insert into users select generate_series(1, 9)')
    await run('update users set banned = false, email = null, last_login = now()')
    assert.deepEqual(await told(), [])
    await run('update users set banned = true where id = 1')
    await run(`update users set email = 'a' where id = 2`)
    await run('update users set id = 30 where id = 3')
    await run('delete from users where id = 4')
    await run('insert into users values (1, true) on conflict (id) do update set banned = false')
    const notices = await told()
    assert.deepEqual(
      notices.map(({ userIds }) => [...(userIds ?? [])].sort()),
      [['1'], ['2'], ['3', '30'], ['4'], ['1']],
    )
  })

  test('of a user whom a trigger of the application changes behind a statement', async (t) => {
    const { run, told } = await databaseOf(t)
    await run(`create function ban() returns trigger language plpgsql as
      'begin new.banned := true; return new; end'`)
    await run('create trigger ban before update on users for each row execute function ban()')
    await run('insert into users values (1)')
    await run('update users set last_login = now()')
    assert.deepEqual(await told(), [{ userIds: ['1'] }])
  })

  test('of blocks and epochs, by hand too, and of both ids of a row that gets another', async (t) => {
    const { run, told } = await databaseOf(t)
    await run('insert into cloakroom_user_states values (1, 1)')
    await run('update cloakroom_user_states set blocked_at = now()')
    await run('update cloakroom_user_states set sessions_valid_after = now()')
    await run('update cloakroom_user_states set user_id = 2')
    await run('delete from cloakroom_user_states')
    const notices = await told()
    assert.deepEqual(
      notices.map(({ userIds }) => [...(userIds ?? [])].sort()),
      [['1'], ['1'], ['1', '2'], ['2']],
    )
  })

  const everybody = [
    'truncate cloakroom_sessions',
    'truncate cloakroom_user_states',
    'truncate users',
    'truncate cloakroom_state',
    'delete from cloakroom_state',
    'update cloakroom_state set epoch = epoch + 1',
  ]
  for (const sql of everybody) {
    test(`of everybody: ${sql}`, async (t) => {
      const { run, told } = await databaseOf(t)
      await run(sql)
      assert.deepEqual(await told(), [{ everybody: true }])
    })
  }

  test('nothing of what the state is for besides', async (t) => {
    const { run, told } = await databaseOf(t)
    await run('update cloakroom_state set largest_lease_ms = 5000, idle_seconds = 60')
    assert.deepEqual(await told(), [])
  })

  test('nothing of what is rolled back, as a whole or to a savepoint', async (t) => {
    const { run, told } = await databaseOf(t)
    await run(insertSessions(`'${session}'`))
    await run('begin; delete from cloakroom_sessions; rollback')
    assert.deepEqual(await told(), [])
    await run(`begin; savepoint s; update cloakroom_sessions set epoch = 5; rollback to s;
      insert into users values (1); delete from users; commit`)
    assert.deepEqual(await told(), [{ userIds: ['1'] }])
  })

  test('nothing while session_replication_role is replica, as documentation says', async (t) => {
    const { run, told } = await databaseOf(t)
    await run(insertSessions(`'${session}'`))
    await run(`begin; set local session_replication_role = replica;
      delete from cloakroom_sessions; commit`)
    assert.deepEqual(await told(), [])
  })
})

describe('the triggers call nothing', () => {
  test('for a touch, a sign-in, a clean-up of none, and an update of last_login', async (t) => {
    const { run } = await databaseOf(t)
    await run('insert into users values (1)')
    await run(insertSessions(`'${session}'`))
    const functions = ['everybody', 'removed', 'changed', 'user_state', 'user']
    for (const name of functions) {
      await run(`create or replace function cloakroom_tell_${name}() returns trigger
        language plpgsql as $$ begin raise 'called: ${name}'; end $$`)
    }
    await run('update users set last_login = now()')
    await run('update cloakroom_sessions set last_seen_at = now()')
    await run(insertSessions('gen_random_uuid()'))
    await run('insert into users values (2)')
    for (const sql of [
      'update users set banned = true',
      'update cloakroom_sessions set epoch = 3',
      'delete from cloakroom_sessions',
      'insert into cloakroom_user_states values (1, 1)',
      'truncate users',
    ]) {
      await assert.rejects(run(sql), /called/)
    }
  })
})

describe('what the triggers tell of many', () => {
  test('is in as few notices as fit, for up to a thousand sessions', async (t) => {
    const { run, told, payloads } = await databaseOf(t)
    await run(insertSessions('gen_random_uuid() from generate_series(1, 1000)'))
    await run('delete from cloakroom_sessions')
    const notices = await told()
    assert.equal(new Set(notices.flatMap(({ sessionIds }) => sessionIds)).size, 1000)
    assert(notices.length < 15)
    assert(payloads().every((payload) => Buffer.byteLength(payload) < 8000))
  })

  test('is everybody, for more: in a statement, or in a transaction', async (t) => {
    const { run, told } = await databaseOf(t)
    await run('insert into users select generate_series(1, 2000)')
    await run('update users set banned = true where id <= 1001')
    const notices = await told()
    assert.deepEqual(notices.at(-1), { everybody: true })
    assert.equal(notices.length, 1001)
    await run('delete from users where id <= 1000')
    assert.equal((await told()).filter((each) => each.everybody).length, 0)
  })
})
