import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Cloakroom, cloakroom, type UserId, type UsersTable } from 'cloakroom'
import { type MysqlOptions, type MysqlPool, mysql } from 'cloakroom/mysql'
import { createPool as createCallbackPool } from 'mysql2'
import { freshDatabase, type MysqlDatabase } from '../../../test/mysql-database.ts'
import { spyOn } from '../../../test/mysql-spy.ts'
import { signInAs } from '../../testing/index.ts'

const users = {
  table: 'users',
  id: { type: 'integer' },
  active: 'not banned and deleted_at is null',
  select: {
    email: 'text',
    admin: 'boolean',
    name: { column: 'display_name', type: 'text', nullable: true },
  },
} as const satisfies UsersTable

const usersTable = `
  create table users (id int unsigned auto_increment primary key, email varchar(100) not null,
    admin bool not null default false, display_name varchar(100), banned bool not null default false,
    deleted_at datetime);
  insert into users (id, email) values (1, 'ada@example.com'), (2, 'bob@example.com')`

async function open<const U extends UsersTable>(
  pool: MysqlPool,
  table: U,
  options: MysqlOptions = {},
) {
  const store = mysql(pool, { migrate: true, ...options })
  return cloakroom({
    origin: 'https://app.example',
    store,
    users: table,
    pruneIntervalSeconds: false,
  })
}

async function reasonOf(auth: Pick<Cloakroom, 'verify'>, token: string) {
  const verification = await auth.verify(token)
  return verification.status === 'anonymous' ? verification.reason : undefined
}

describe('verifying on MySQL', () => {
  let database: MysqlDatabase
  before(async () => {
    database = await freshDatabase()
    await database.admin.query(usersTable)
  })
  after(() => database.close())

  it('is one statement', async () => {
    const { pool, sent } = spyOn(database.connect())
    const auth = await open(pool, users)
    const { token } = await signInAs(auth, 1)
    sent.length = 0
    assert.equal(await reasonOf(auth, token), undefined)
    assert.equal(sent.length, 1)
    assert.match(sent[0] ?? '', /^select /)
  })

  it("gives the columns of the application's users table their types", async () => {
    const auth = await open(database.connect(), users)
    await database.admin.query(`update users set admin = true, display_name = 'Ada' where id = 1`)
    const [ada, bob] = [await signInAs(auth, 1), await signInAs(auth, 2)]
    assert.deepEqual(ada.user, { id: 1, email: 'ada@example.com', admin: true, name: 'Ada' })
    assert.deepEqual(bob.user, { id: 2, email: 'bob@example.com', admin: false, name: null })
  })

  it('sees a plain SQL update of the users table on the next request', async () => {
    const auth = await open(database.connect(), users)
    await database.admin.query(`insert into users (id, email) values (3, 'eve@example.com')`)
    const { token } = await signInAs(auth, 3)
    const steps = [
      ['update users set banned = true where id = 3', 'inactive'],
      ['update users set banned = false where id = 3', undefined],
      ['update users set deleted_at = now() where id = 3', 'inactive'],
      ['update users set deleted_at = null where id = 3', undefined],
      ['update users set banned = null where id = 3', 'inactive'],
      ['delete from users where id = 3', 'inactive'],
    ] as const
    await database.admin.query('alter table users modify banned bool default false')
    for (const [sql, reason] of steps) {
      await database.admin.query(sql)
      assert.equal(await reasonOf(auth, token), reason, sql)
    }
  })

  it('goes on when the application changes its table under the prepared statement', async () => {
    const auth = await open(database.connect(), users)
    const { token } = await signInAs(auth, 1)
    await database.admin.query('alter table users add column (birthday date), modify id bigint')
    assert.equal(await reasonOf(auth, token), undefined)
  })

  it('is never confused by a column of the application that has a name of ours', async () => {
    await database.admin.query(`
      create table members (id int primary key, blocked_at bigint, expires_at bigint, cr_id int);
      insert into members values (1, null, null, 2), (2, 5, null, 1)`)
    const auth = await open(
      database.connect(),
      { table: 'members', id: { type: 'integer' }, active: 'blocked_at is null -- theirs' },
      { prefix: 'names_' },
    )
    const { token } = await signInAs(auth, 1)
    assert.equal(await reasonOf(auth, token), undefined)
    await assert.rejects(signInAs(auth, 2), { code: 'user_inactive' })
    await database.admin.query('update members set blocked_at = 1')
    assert.equal(await reasonOf(auth, token), 'inactive')
  })

  it('may ask another table whether a user is active', async () => {
    await database.admin.query(`
      create table bans (user_id int primary key, until datetime);
      insert into bans select seq, null from seq_100_to_999`)
    const active =
      'id not in (select user_id from bans where until is null or until > utc_timestamp())'
    const auth = await open(database.connect(), { ...users, active })
    const { token } = await signInAs(auth, 1)
    await database.admin.query('insert into bans (user_id) values (1)')
    assert.equal(await reasonOf(auth, token), 'inactive')
    await database.admin.query(`update bans set until = '2000-01-01' where user_id = 1`)
    assert.equal(await reasonOf(auth, token), undefined)
  })

  it('works with users in another database, and with tables of ours in a third', async () => {
    const [people, sessions] = [await freshDatabase(), await freshDatabase()]
    const nameOf = ({ url }: MysqlDatabase) => new URL(url).pathname.slice(1)
    try {
      await people.admin.query(
        'create table `the people` (`user id` int primary key); insert into `the people` values (7)',
      )
      const table = `${nameOf(people)}.the people`
      const auth = await open(
        database.connect(),
        { table, id: { column: 'user id', type: 'integer' } },
        { database: nameOf(sessions) },
      )
      assert.equal((await signInAs(auth, 7)).user.id, 7)
      const [rows] = await sessions.admin.query('select count(*) as count from cloakroom_sessions')
      assert.deepEqual(rows, [{ count: 1 }])
    } finally {
      await Promise.all([people.close(), sessions.close()])
    }
  })

  it('uses its own tables on a connection that was told to use another database', async () => {
    const other = await freshDatabase()
    try {
      const pool = database.connect({ connectionLimit: 1 })
      const auth = await open(pool, users)
      const { token } = await signInAs(auth, 1)
      await other.admin.query(usersTable)
      await pool.query(`use ${new URL(other.url).pathname.slice(1)}`)
      assert.equal(await reasonOf(auth, token), undefined)
      assert.equal((await signInAs(auth, 2)).user.email, 'bob@example.com')
    } finally {
      await other.close()
    }
  })
})

describe('plans of MySQL', () => {
  let database: MysqlDatabase
  before(async () => {
    database = await freshDatabase()
  })
  after(() => database.close())

  const uuidOf = (n: number) => `01890a5d-ac96-774b-bcce-${String(n).padStart(12, '0')}`
  const ids: Record<
    string,
    { type: 'integer' | 'bigint' | 'uuid' | 'text'; id: UserId; sql: string }
  > = {
    'int unsigned': { type: 'integer', id: 5, sql: 'seq' },
    bigint: { type: 'bigint', id: '5', sql: 'seq' },
    'varchar(40) collate utf8mb4_general_ci': { type: 'text', id: 'u5', sql: `concat('u', seq)` },
    'varchar(40) character set latin1': { type: 'text', id: 'é5', sql: `concat('é', seq)` },
    'char(36) character set ascii': {
      type: 'uuid',
      id: uuidOf(5),
      sql: `concat('01890A5D-AC96-774B-BCCE-', lpad(seq, 12, '0'))`,
    },
    'binary(16)': {
      type: 'uuid',
      id: uuidOf(5),
      sql: `unhex(concat('01890a5dac96774bbcce', lpad(seq, 12, '0')))`,
    },
    uuid: {
      type: 'uuid',
      id: uuidOf(5),
      sql: `concat('01890a5d-ac96-774b-bcce-', lpad(seq, 12, '0'))`,
    },
  }
  for (const [index, [declaration, { type, id, sql }]] of Object.entries(ids).entries()) {
    it(`look everything up by key for users with ids that are ${declaration}`, async () => {
      const table = `users_${index}`
      await database.admin.query(`create table ${table} (id ${declaration} not null primary key);
        insert into ${table} select ${sql} from seq_1_to_300`)
      const { pool, sent } = spyOn(database.connect())
      const auth = await open(pool, { table, id: { type } }, { prefix: `p${index}_` })
      const issued = await signInAs(auth, id)
      assert.equal(issued.user.id, id)
      assert.equal(issued.session.userId, id)
      sent.length = 0
      assert.equal(await reasonOf(auth, issued.token), undefined)

      const key = Buffer.from(issued.session.id.replaceAll('-', ''), 'hex')
      const [plan] = await database.admin.execute(`explain ${sent[0]}`, [key])
      const steps = plan as { table: string; type: string }[]
      const byKey = ['const', 'eq_ref', 'system']
      const others = steps.filter((step) => !byKey.includes(step.type)).map((step) => step.table)
      assert.ok(steps.length >= 4)
      assert.deepEqual(others, ['g'], 'only the state table, of one row, may be read whole')
    })
  }
})

describe('pools of MySQL', () => {
  let database: MysqlDatabase
  before(async () => {
    database = await freshDatabase()
    await database.admin.query(usersTable)
  })
  after(() => database.close())

  it('may be of either kind', async () => {
    const pool = createCallbackPool(database.url)
    try {
      const auth = await open(pool, users)
      assert.equal((await signInAs(auth, 1)).user.id, 1)
    } finally {
      await pool.promise().end()
    }
  })

  it("may have any option for the application's own rows: ours are as ever", async () => {
    const plain = await open(database.connect(), users)
    const issued = { ...(await signInAs(plain, 1)) }
    const mangle = () => 'mangled'
    const settings = [
      { typeCast: mangle },
      { typeCast: false },
      { supportBigNumbers: true, bigNumberStrings: true },
      { rowsAsArray: true, nestTables: true as const, dateStrings: true },
      { nestTables: '_', decimalNumbers: true },
      { namedPlaceholders: true, timezone: '+09:00', stringifyObjects: true },
      { disableEval: true },
      { flags: ['-FOUND_ROWS'] },
      { resetOnRelease: true },
    ]
    for (const options of settings) {
      const name = JSON.stringify(options)
      const auth = await open(database.connect(options), users)
      const verified = await auth.verify(issued.token)
      assert.equal(verified.status, 'authenticated', name)
      if (verified.status !== 'authenticated') continue
      const { readAt, ...session } = verified.session
      const { readAt: _, lastSeenAt: __, ...before } = issued.session
      assert.deepEqual(
        { ...session, signal: undefined },
        { ...session, ...before, signal: undefined },
      )
      assert.deepEqual(verified.user, issued.user, name)

      const other = await signInAs(auth, 2)
      await auth.block(2)
      assert.equal(await reasonOf(auth, other.token), 'unknown', name)
      assert.notEqual(await auth.blockedAt(2), null, name)
      await auth.unblock(2)
      const updated = await auth.update(issued.session.id, { from: name })
      assert.deepEqual(updated?.data, { from: name })
      issued.session = { ...issued.session, data: { from: name } }
    }
  })

  it('with another character set than utf8mb4 are refused', async () => {
    const pool = database.connect({ charset: 'latin1_swedish_ci' })
    await assert.rejects(open(pool, users), { code: 'schema_mismatch' })
  })

  it('whose connections name no database are refused', async () => {
    const url = new URL(database.url)
    url.pathname = '/'
    const pool = database.connect({ uri: url.href })
    await assert.rejects(open(pool, users), { code: 'schema_mismatch' })
  })

  it('that are something else are a TypeError, and so are bad options', () => {
    const pool = createCallbackPool(database.url)
    for (const other of [undefined, null, {}, 'mysql://localhost', { pool: {} }]) {
      assert.throws(() => mysql(other as unknown as MysqlPool), TypeError)
    }
    assert.throws(() => mysql(pool, { prefix: 'a b' }), TypeError)
    assert.throws(() => mysql(pool, { database: 'a.b' }), TypeError)
    for (const timeoutSeconds of [0, -1, 61, Number.NaN]) {
      assert.throws(() => mysql(pool, { timeoutSeconds }), TypeError)
    }
    pool.end()
  })
})
