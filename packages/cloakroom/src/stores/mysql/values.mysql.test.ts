import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import { cloakroom, type UsersTable } from 'cloakroom'
import { mysql } from 'cloakroom/mysql'
import type { Pool, PoolOptions } from 'mysql2/promise'
import { freshDatabase, type MysqlDatabase } from '../../../test/mysql-database.ts'
import { signInAs } from '../../testing/index.ts'

const databases: MysqlDatabase[] = []
let database: MysqlDatabase
beforeEach(async () => {
  database = await freshDatabase()
  databases.push(database)
})
after(() => Promise.all(databases.map((each) => each.close())))

async function open<const U extends UsersTable>(users: U, pool: Pool = database.connect()) {
  return cloakroom({
    origin: 'https://app.example',
    store: mysql(pool, { migrate: true }),
    users,
    pruneIntervalSeconds: false,
  })
}

/** A pool whose connections begin with a statement of the application's. */
function connectWith(sql: string, options: PoolOptions = {}): Pool {
  const pool = database.connect(options)
  pool.on('connection', (connection) => void connection.query(sql))
  return pool
}

describe('ids that MySQL or its drivers bend', () => {
  it('ids beyond 2^53 are never rounded to the user next to them', async () => {
    await database.admin.query(`create table users (id bigint unsigned primary key);
      insert into users values (9007199254740992), (9007199254740993), (9007199254740994)`)
    const auth = await open({ table: 'users', id: { type: 'bigint' } })
    const { token, user } = await signInAs(auth, '9007199254740993')
    assert.equal(user.id, '9007199254740993')
    await auth.block('9007199254740992')
    await auth.block('9007199254740994')
    const verification = await auth.verify(token)
    assert.equal(verification.status, 'authenticated')
    assert.equal(verification.session?.userId, '9007199254740993')
    assert.equal((await signInAs(auth, '9007199254740993')).user.id, '9007199254740993')
    await assert.rejects(signInAs(auth, '9007199254740992'), { code: 'sign_in_superseded' })
    assert.equal(await auth.blockedAt('9007199254740993'), null)

    const rounding = await open({ table: 'users', id: { type: 'integer' } })
    await assert.rejects(rounding.verify(token), { code: 'schema_mismatch' })
  })

  it('a selected integer beyond 2^53 is an error, never another number', async () => {
    await database.admin.query(`create table users (id int primary key, tenant bigint not null);
      insert into users values (1, 9007199254740993)`)
    const users = {
      table: 'users',
      id: { type: 'integer' },
      select: { tenant: 'integer' },
    } as const
    for (const options of [{}, { supportBigNumbers: true, bigNumberStrings: true }]) {
      const auth = await open(users, database.connect(options))
      await assert.rejects(signInAs(auth, 1), { code: 'schema_mismatch' })
    }
    const exact = await open({ ...users, select: { tenant: 'bigint' } })
    assert.equal((await signInAs(exact, 1)).user.tenant, '9007199254740993')
  })

  it('a number is not taken for the text that begins with it', async () => {
    await database.admin.query(`create table users (id varchar(20) primary key);
      insert into users values ('12abc'), ('012')`)
    const opening = open({ table: 'users', id: { type: 'integer' } })
    await assert.rejects(opening, { code: 'schema_mismatch' })
    const auth = await open({ table: 'users', id: { type: 'text' } })
    for (const id of ['12', '0', '12ABC']) {
      await assert.rejects(signInAs(auth, id), { code: 'user_inactive' }, id)
    }
    assert.equal((await signInAs(auth, '012')).user.id, '012')
  })

  for (const collation of ['utf8mb4_general_ci', 'utf8mb4_unicode_ci', 'utf8mb4_bin']) {
    it(`spellings that ${collation} takes for the same are different users to us`, async () => {
      await database.admin.query(`create table users (id varchar(20) collate ${collation} primary key);
        insert into users values ('ADA'), ('é')`)
      const auth = await open({ table: 'users', id: { type: 'text' } })
      const { token, session } = await signInAs(auth, 'ADA')
      for (const id of ['ada', 'ADA ', 'e', 'É', 'e\u0301']) {
        await assert.rejects(signInAs(auth, id), { code: 'user_inactive' }, id)
        assert.deepEqual(await auth.block(id), [], id)
        assert.deepEqual(await auth.revoke({ userId: id }), [], id)
      }
      assert.equal((await auth.verify(token)).status, 'authenticated')
      assert.equal(await auth.blockedAt('ADA'), null)
      assert.deepEqual(await auth.revoke({ userId: 'ADA' }), [session.id])
    })
  }

  it('joins users whatever the collation of the server, database and connection', async () => {
    await database.admin.query('alter database character set latin1 collate latin1_german1_ci')
    await database.admin.query(`create table users (id varchar(20) primary key);
      insert into users values ('müller')`)
    const pool = database.connect({ charset: 'utf8mb4_turkish_ci' })
    const auth = await open({ table: 'users', id: { type: 'text' } }, pool)
    const { token, user } = await signInAs(auth, 'müller')
    assert.equal(user.id, 'müller')
    assert.equal((await auth.verify(token)).status, 'authenticated')
    await assert.rejects(signInAs(auth, 'm?ller'), { code: 'user_inactive' })
    await assert.rejects(signInAs(auth, '名前'), { code: 'user_inactive' })
  })

  it('an id that fits no column is nobody, in a server that cuts what does not fit', async () => {
    await database.admin.query(`create table users (id tinyint unsigned primary key);
      insert into users values (0), (127), (255)`)
    const pool = connectWith(`set sql_mode = ''`)
    const auth = await open({ table: 'users', id: { type: 'bigint' } }, pool)
    const sessions = await Promise.all(['0', '127', '255'].map((id) => signInAs(auth, id)))
    for (const id of ['-1', '256', '9223372036854775807', '-9223372036854775808']) {
      await auth.block(id)
      assert.notEqual(await auth.blockedAt(id), null)
    }
    for (const { token } of sessions) {
      assert.equal((await auth.verify(token)).status, 'authenticated')
    }
  })
})

describe('SQL modes of MySQL', () => {
  const modes = [
    '',
    'ANSI',
    'TRADITIONAL',
    'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE,IGNORE_SPACE',
    'NO_UNSIGNED_SUBTRACTION,NO_ZERO_DATE,ONLY_FULL_GROUP_BY,PAD_CHAR_TO_FULL_LENGTH',
  ]
  for (const mode of modes) {
    it(`change nothing: ${mode === '' ? 'none' : mode}`, async () => {
      await database.admin.query(
        `create table users (id varchar(40) primary key, banned bool not null default false)`,
      )
      const ids = [`'; drop table users; --`, `\\' or 1=1 -- `, '" or ""="', '`', '%_\\', '?', ':a']
      for (const id of ids) await database.admin.query('insert into users (id) values (?)', [id])
      const pool = connectWith(`set sql_mode = '${mode}'`)
      const users = { table: 'users', id: { type: 'text' }, active: 'not banned' } as const
      const auth = await open(users, pool)
      for (const id of ids) {
        const { token, session, user } = await signInAs(auth, id, { device: id, data: { id } })
        assert.equal(user.id, id)
        assert.equal(session.device, id)
        assert.deepEqual(session.data, { id })
        await auth.update(session.id, { more: id })
        const verification = await auth.verify(token)
        assert.deepEqual(verification.session?.data, { id, more: id })
        assert.equal((await auth.list(id)).length, 1)
        assert.deepEqual(await auth.block(id), [session.id])
      }
      assert.equal((await auth.stats()).blockedUsers, ids.length)
    })
  }
})

describe('clocks of MySQL', () => {
  const users = { table: 'users', id: { type: 'integer' } } as const
  beforeEach(async () => {
    await database.admin.query(
      'create table users (id int primary key); insert into users values (1)',
    )
  })

  for (const zone of ['+13:00', '-11:00']) {
    it(`a time zone of the session, ${zone}, shifts no time`, async () => {
      const [there, here] = [
        await open(users, connectWith(`set time_zone = '${zone}'`, { timezone: '+05:00' })),
        await open(users),
      ]
      const { token, session } = await signInAs(there, 1)
      for (const auth of [there, here]) {
        const verification = await auth.verify(token)
        assert.equal(verification.status, 'authenticated')
        const times = [session.createdAt, session.lastSeenAt, verification.session?.readAt]
        for (const time of times) {
          assert.ok(Math.abs(Number(time) - Date.now()) < 60_000, `${time?.toISOString()}`)
        }
        assert.deepEqual(verification.session?.expiresAt, session.expiresAt)
      }
    })
  }

  it('a process whose clock is years ahead prunes nobody, and signs nobody in', async () => {
    const right = await open(users)
    const { token } = await signInAs(right, 1)
    for (const years of [-20, 20]) {
      const wrong = await cloakroom({
        origin: 'https://app.example',
        store: mysql(database.connect()),
        users,
        clock: () => Date.now() + years * 365 * 86_400_000,
      })
      assert.equal(await wrong.prune(), 0)
      await assert.rejects(signInAs(wrong, 1), { code: 'clock_skew' })
      await wrong.close()
    }
    assert.equal((await right.verify(token)).status, 'authenticated')
  })

  it('a wait for a connection is no skew of clocks', async () => {
    const pool = database.connect({ connectionLimit: 1 })
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: mysql(pool, { migrate: true }),
      users,
      maxClockSkewSeconds: 1,
    })
    const attempt = await auth.beginSignIn(1)
    const busy = pool.query('select sleep(1.5)')
    const completed = attempt.complete()
    await busy
    assert.equal((await completed).user.id, 1)
    await auth.close()
  })
})
