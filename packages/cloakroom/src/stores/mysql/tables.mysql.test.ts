import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { cloakroom, migrate, pendingMigrations, type UsersTable } from 'cloakroom'
import { type MysqlOptions, mysql, schemaSql } from 'cloakroom/mysql'
import { freshDatabase, type MysqlDatabase } from '../../../test/mysql-database.ts'
import { signInAs } from '../../testing/index.ts'

const users = {
  table: 'users',
  id: { type: 'integer' },
  active: 'not banned',
  select: { email: 'text' },
} as const satisfies UsersTable

const usersTable = `
  create table users (id bigint primary key, email varchar(100) not null, phone varchar(20),
    picture blob not null, banned bool not null default false);
  insert into users (id, email, picture) values (1, 'ada@example.com', '')`

const databases: MysqlDatabase[] = []
let database: MysqlDatabase
beforeEach(async () => {
  database = await freshDatabase()
  databases.push(database)
  await database.admin.query(usersTable)
})
after(() => Promise.all(databases.map((each) => each.close())))

function open(options: MysqlOptions = {}, table: UsersTable = users) {
  return cloakroom({
    origin: 'https://app.example',
    store: mysql(database.connect(), { migrate: true, ...options }),
    users: table,
    pruneIntervalSeconds: false,
  })
}

async function tableNames(): Promise<string[]> {
  const [rows] = await database.admin.query('show tables')
  return (rows as object[]).map((row) => String(Object.values(row)[0]))
}

describe('the tables of MySQL', () => {
  it('must be there, unless migrate makes them', async () => {
    await assert.rejects(open({ migrate: false }), { code: 'schema_missing' })
    await database.admin.query(schemaSql({ prefix: 'cloakroom_', userIdType: 'integer' }))
    const auth = await open({ migrate: false })
    assert.equal((await signInAs(auth, 1)).user.id, 1)
  })

  it('are made by the statements that are pending, which are none afterwards', async () => {
    const store = mysql(database.connect(), { prefix: 'own_' })
    const pending = await pendingMigrations({ store, users })
    assert.deepEqual(await tableNames(), ['users'])
    for (const statement of pending) await database.admin.query(statement)
    assert.deepEqual(await pendingMigrations({ store, users }), [])
    assert.deepEqual(await migrate({ store, users }), { from: 1, to: 1 })
    const made = await tableNames()
    assert.deepEqual(made.sort(), [
      'own_sessions',
      'own_signing_keys',
      'own_state',
      'own_user_states',
      'users',
    ])
  })

  it('are shown in the documentation as they are', () => {
    const root = join(import.meta.dirname, '../../../../..')
    const schema = readFileSync(join(root, 'packages/cloakroom/schema/mysql.sql'), 'utf8')
    const documentation = readFileSync(join(root, 'docs/mysql.md'), 'utf8')
    assert.ok(documentation.includes(schema))
  })

  it('are left alone by a second migration, and may be there twice under two prefixes', async () => {
    const { token } = await signInAs(await open(), 1)
    assert.equal((await (await open()).verify(token)).status, 'authenticated')
    const other = await open({ prefix: 'other_' })
    assert.deepEqual(await other.verify(token), { status: 'anonymous', reason: 'unknown' })
  })

  it('are made once by many processes that migrate at the same time', async () => {
    const stores = Array.from({ length: 6 }, () => mysql(database.connect()))
    const migrated = await Promise.all(stores.map((store) => migrate({ store, users })))
    assert.deepEqual(migrated.map(({ from }) => from).sort(), [0, 1, 1, 1, 1, 1])
  })

  it('of a migration that was interrupted after any statement are gone on with', async () => {
    const store = mysql(database.connect())
    const pending = await pendingMigrations({ store, users })
    for (let done = 1; done < pending.length; done += 1) {
      for (const statement of pending.slice(0, done)) await database.admin.query(statement)
      await assert.rejects(open({ migrate: false }), (error: { code?: string }) =>
        ['schema_missing', 'schema_mismatch'].includes(error.code ?? ''),
      )
      assert.deepEqual(await migrate({ store, users }), { from: 0, to: 1 })
      await open({ migrate: false })
      await database.admin.query(
        'drop table cloakroom_state, cloakroom_sessions, cloakroom_user_states, cloakroom_signing_keys',
      )
    }
  })

  it('that have lost their one row of state are refused, once they were used', async () => {
    const auth = await open()
    await auth.block(1)
    await database.admin.query('delete from cloakroom_state')
    await assert.rejects(open(), { code: 'schema_mismatch' })
  })

  it('of a later version are refused', async () => {
    await open()
    await database.admin.query('update cloakroom_state set schema_version = 2')
    await assert.rejects(open(), { code: 'schema_newer' })
    const store = mysql(database.connect())
    await assert.rejects(pendingMigrations({ store, users }), { code: 'schema_newer' })
    await assert.rejects(migrate({ store, users }), { code: 'schema_newer' })
  })

  it('made for another type of user id are refused', async () => {
    for (const type of ['text', 'uuid'] as const) {
      await database.admin.query(schemaSql({ prefix: `${type}_`, userIdType: type }))
      await assert.rejects(open({ prefix: `${type}_` }), { code: 'schema_mismatch' })
    }
  })

  it('without transactions are refused', async () => {
    await open()
    await database.admin.query('alter table cloakroom_user_states engine = MyISAM')
    await assert.rejects(open(), { code: 'schema_mismatch' })
  })

  it('have one index besides their keys: by user', async () => {
    await open()
    const [rows] = await database.admin.query('show index from cloakroom_sessions')
    const names = (rows as { Column_name: string }[]).map((row) => row.Column_name)
    assert.deepEqual(names, ['id', 'user_id'])
  })

  const misfits: Record<string, { sql?: string; users: UsersTable }> = {
    'no such table': { users: { ...users, table: 'people' } },
    'no such database': { users: { ...users, table: 'nowhere.users' } },
    'no such id column': { users: { ...users, id: { column: 'uid', type: 'integer' } } },
    'another type of id': { users: { ...users, id: { type: 'text' } } },
    'text for an integer': { users: { ...users, id: { column: 'email', type: 'bigint' } } },
    'no such selected column': { users: { ...users, select: { fax: 'text' } } },
    'another type of column': { users: { ...users, select: { email: 'integer' } } },
    'bytes for text': { users: { ...users, select: { picture: 'text' } } },
    'nullable, and not said so': { users: { ...users, select: { phone: 'text' } } },
    'active is no condition': { users: { ...users, active: 'not baned' } },
    'active is no SQL': { users: { ...users, active: 'banned ==' } },
    'an id that is not unique': {
      sql: 'alter table users drop primary key, add index (id)',
      users,
    },
    'an id that is not alone unique': {
      sql: 'alter table users drop primary key, add primary key (id, email)',
      users,
    },
    'an id of which only the beginning is unique': {
      sql: 'create table t (id varchar(40) not null, unique (id(10)))',
      users: { table: 't', id: { type: 'text' } },
    },
    'a uuid that is too short': {
      sql: 'create table t (id char(32) primary key)',
      users: { table: 't', id: { type: 'uuid' } },
    },
    'a view': {
      sql: 'create view v as select * from users',
      users: { ...users, table: 'v' },
    },
  }
  for (const [what, { sql, users: misfit }] of Object.entries(misfits)) {
    it(`are checked against the users option at start: ${what}`, async () => {
      if (sql !== undefined) await database.admin.query(sql)
      await assert.rejects(open({}, misfit), { code: 'schema_mismatch' })
    })
  }

  it('are refused where each verification would read all users', async () => {
    const pool = database.connect()
    pool.on('connection', (connection) => {
      void connection.query(`set optimizer_switch = 'derived_merge=off'`)
    })
    const opening = cloakroom({ origin: 'https://app.example', store: mysql(pool), users })
    await assert.rejects(opening, { code: 'schema_mismatch' })
  })

  it('may be used by who may not make them', async () => {
    const { admin, url } = database
    const user = new URL(url).pathname.slice(1)
    // In a database whose name begins with test_ everybody may do everything.
    const own = `own_${user}`
    await admin.query(`create database ${own}`)
    await open({ database: own })
    await admin.query(`
      create user ${user}@'127.0.0.1' identified by 'a password';
      grant select on ${user}.* to ${user}@'127.0.0.1';
      grant select, insert, update, delete on ${own}.* to ${user}@'127.0.0.1'`)
    const pool = database.connect({ user, password: 'a password' })
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: mysql(pool, { database: own, migrate: true }),
      users,
    })
    const { token } = await signInAs(auth, 1)
    await auth.block(1)
    assert.equal((await auth.verify(token)).status, 'anonymous')
    const another = mysql(pool, { database: own, prefix: 'other_' })
    await assert.rejects(migrate({ store: another, users }), { code: 'store_unavailable' })
    await auth.close()
  })
})

describe('what waits for replicas on MySQL', () => {
  it('is refused before anything is done', async () => {
    const auth = await open()
    const { token } = await signInAs(auth, 1)
    await assert.rejects(auth.revoke({ userId: 1 }, { replicated: true }), TypeError)
    await assert.rejects(auth.block(1, { replicated: true }), TypeError)
    assert.equal((await auth.verify(token)).status, 'authenticated')
    assert.equal((await auth.revoke({ userId: 1 }, { replicated: false })).length, 1)
  })
})
