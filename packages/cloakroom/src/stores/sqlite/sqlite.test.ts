import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { type Cloakroom, cloakroom, type UsersTable } from 'cloakroom'
import { type Driver, openDatabase } from '../../../test/sqlite-database.ts'
import { formatToken, mintToken } from '../../core/token.ts'
import { testClock } from '../../testing/index.ts'
import { type SqliteHandle, type SqliteOptions, schemaSql, sqlite } from './index.ts'

const users = {
  table: 'users',
  id: { type: 'integer' },
  active: 'not banned',
  select: {
    email: 'text',
    admin: 'boolean',
    name: { column: 'display_name', type: 'text', nullable: true },
  },
} as const satisfies UsersTable

const usersTable = `create table users (id integer primary key, email text not null,
  admin integer not null default 0, display_name text, banned integer not null default 0);
  insert into users (id, email) values (1, 'ada@example.com'), (2, 'bob@example.com');`

function openWithUsers(driver: Driver = 'node:sqlite', sql: string = usersTable): SqliteHandle {
  const handle = openDatabase(driver, ':memory:')
  handle.exec(sql)
  return handle
}

type Auth = Cloakroom<{ readonly id: number; readonly email: string }>

function open(handle: SqliteHandle, options: SqliteOptions = {}, clock = Date.now): Promise<Auth> {
  const store = sqlite(handle, { migrate: true, ...options })
  return cloakroom({
    origin: 'https://app.example',
    store,
    users,
    clock,
    pruneIntervalSeconds: false,
  })
}

async function signIn(auth: Auth, userId = 1) {
  return (await auth.beginSignIn(userId)).complete()
}

/** Counts every statement that is run; `exec` too. */
function counting(handle: DatabaseSync): { handle: SqliteHandle; count: () => number } {
  let executed = 0
  const counted =
    <Arguments extends unknown[], Result>(run: (...values: Arguments) => Result) =>
    (...values: Arguments) => {
      executed += 1
      return run(...values)
    }
  const wrapped: SqliteHandle = {
    get isTransaction() {
      return handle.isTransaction
    },
    exec: counted((sql: string) => handle.exec(sql)),
    prepare(sql) {
      const statement = handle.prepare(sql)
      return {
        setReturnArrays: (enabled) => statement.setReturnArrays(enabled),
        setReadBigInts: (enabled) => statement.setReadBigInts(enabled),
        get: counted((...values) => statement.get(...values)),
        all: counted((...values) => statement.all(...values)),
        run: counted((...values) => statement.run(...values)),
      }
    },
  }
  return { handle: wrapped, count: () => executed }
}

describe('verifying on SQLite', () => {
  it('is one statement', async () => {
    const { handle, count } = counting(openWithUsers() as DatabaseSync)
    const auth = await open(handle)
    const { token } = await signIn(auth)
    const before = count()
    assert.equal((await auth.verify(token)).status, 'authenticated')
    assert.equal(count() - before, 1)
  })

  it('is none for a token that is malformed, expired by its id, or from the far future', async () => {
    const { handle, count } = counting(openWithUsers() as DatabaseSync)
    const auth = await open(handle)
    const day = 86_400_000
    const cases = [
      ['', 'missing'],
      ['cloak_nonsense', 'malformed'],
      [formatToken('other_', mintToken(1, Date.now())), 'malformed'],
      [formatToken('cloak_', mintToken(1, Date.now() - 31 * day)), 'expired'],
      [formatToken('cloak_', mintToken(1, Date.now() + 2 * day)), 'unknown'],
    ] as const
    const before = count()
    for (const [token, reason] of cases) {
      assert.deepEqual(await auth.verify(token), { status: 'anonymous', reason })
    }
    assert.equal(count() - before, 0)
  })

  it('looks everything up by key', async () => {
    const statements: string[] = []
    const database = openWithUsers() as DatabaseSync
    const spy: SqliteHandle = {
      get isTransaction() {
        return database.isTransaction
      },
      exec: (sql) => database.exec(sql),
      prepare(sql) {
        statements.push(sql)
        return database.prepare(sql)
      },
    }
    await open(spy)
    const find = statements.find((sql) => sql.includes('s.secret_hash,')) ?? ''
    const plan = database.prepare(`explain query plan ${find}`).all(new Uint8Array(16))
    const scans = plan.map(({ detail }) => String(detail)).filter((step) => step.startsWith('SCAN'))
    assert.ok(plan.length > 4)
    assert.deepEqual(scans, ['SCAN g'], 'only the state table, of one row, may be scanned')
  })

  for (const driver of ['node:sqlite', 'better-sqlite3'] as const) {
    it(`gives the columns of the application's users table their types, on ${driver}`, async () => {
      const handle = openWithUsers(driver)
      handle.exec(`update users set admin = 1, display_name = 'Ada' where id = 1`)
      const auth = await open(handle)
      const ada = await signIn(auth, 1)
      const bob = await signIn(auth, 2)
      assert.deepEqual(ada.user, { id: 1, email: 'ada@example.com', admin: true, name: 'Ada' })
      assert.deepEqual(bob.user, { id: 2, email: 'bob@example.com', admin: false, name: null })
    })
  }

  it('sees a plain SQL update of the users table on the next request', async () => {
    const handle = openWithUsers()
    const auth = await open(handle)
    const { token } = await signIn(auth)
    const steps = [
      ['update users set banned = 1 where id = 1', 'inactive'],
      ['update users set banned = 0 where id = 1', undefined],
      ['delete from users where id = 1', 'inactive'],
    ] as const
    for (const [sql, reason] of steps) {
      handle.exec(sql)
      const verification = await auth.verify(token)
      assert.equal(
        verification.status === 'anonymous' ? verification.reason : undefined,
        reason,
        sql,
      )
    }
  })

  it('is never confused by a column of the application that has a name of ours', async () => {
    const handle = openWithUsers(
      'node:sqlite',
      `create table users (id integer primary key, blocked_at integer, expires_at integer);
       insert into users values (1, null, null), (2, 5, null)`,
    )
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: sqlite(handle, { migrate: true }),
      users: { table: 'users', id: { type: 'integer' }, active: 'blocked_at is null -- theirs' },
    })
    const { token } = await (await auth.beginSignIn(1)).complete()
    assert.equal((await auth.verify(token)).status, 'authenticated')
    await assert.rejects((await auth.beginSignIn(2)).complete(), { code: 'user_inactive' })
    handle.exec('update users set blocked_at = 1')
    assert.deepEqual(await auth.verify(token), { status: 'anonymous', reason: 'inactive' })
  })
})

describe('values that SQLite or its drivers bend', () => {
  for (const driver of ['node:sqlite', 'better-sqlite3'] as const) {
    it(`an integer column beyond 2^53 is an error, never another number, on ${driver}`, async () => {
      const handle = openWithUsers(
        driver,
        `create table users (id integer primary key, tenant integer not null);
         insert into users values (1, 9007199254740993)`,
      )
      const users = {
        table: 'users',
        id: { type: 'integer' },
        select: { tenant: 'integer' },
      } as const
      const store = sqlite(handle, { migrate: true })
      const auth = await cloakroom({ origin: 'https://app.example', store, users })
      await assert.rejects((await auth.beginSignIn(1)).complete(), (error: { code?: string }) =>
        ['schema_mismatch', 'store_unavailable'].includes(error.code ?? ''),
      )
      const asText = { ...users, select: { tenant: 'bigint' } } as const
      const exact = await cloakroom({ origin: 'https://app.example', store, users: asText })
      const { user } = await (await exact.beginSignIn(1)).complete()
      assert.equal(user.tenant, '9007199254740993')
    })
  }

  it("a handle whose statements give bigints by the application's choice gives us numbers", async () => {
    const handle = new DatabaseSync(':memory:', { readBigInts: true })
    handle.exec(usersTable)
    const auth = await open(handle)
    const { token } = await signIn(auth)
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  it("a users table that ignores case has each user's sessions under one spelling", async () => {
    const handle = openWithUsers(
      'node:sqlite',
      `create table users (id text primary key collate nocase);
       create unique index exact on users (id collate binary);
       insert into users values ('ADA')`,
    )
    const store = sqlite(handle, { migrate: true })
    const users = { table: 'users', id: { type: 'text' } } as const
    const auth = await cloakroom({ origin: 'https://app.example', store, users })
    await assert.rejects((await auth.beginSignIn('ada')).complete(), { code: 'user_inactive' })
    assert.equal((await (await auth.beginSignIn('ADA')).complete()).user.id, 'ADA')
  })
})

describe('a copy of the database', () => {
  it('gets in nowhere, whatever value of it is replayed as a token', async () => {
    const database = openWithUsers() as DatabaseSync
    const auth = await open(database)
    const { token } = await signIn(auth)
    await auth.stepUp((await signIn(auth)).token, { methods: ['pwd'] })

    const values: unknown[] = []
    for (const { name } of database
      .prepare(`select name from sqlite_schema where type = 'table'`)
      .all()) {
      for (const row of database.prepare(`select * from "${name}"`).all()) {
        values.push(...Object.values(row))
      }
    }
    const blobs = values.filter((value) => value instanceof Uint8Array)
    assert.ok(blobs.length >= 6, 'ids and hashes of both sessions')
    const replayed = values.flatMap((value) => {
      const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))
      return ['utf8', 'hex', 'base64', 'base64url'].map((to) => bytes.toString(to as 'hex'))
    })
    for (const id of blobs.filter(({ length }) => length === 16)) {
      for (const secret of blobs.filter(({ length }) => length === 32)) {
        replayed.push(formatToken('cloak_', { id, secret }))
      }
    }
    for (const value of replayed.flatMap((text) => [text, `cloak_${text}`])) {
      assert.equal((await auth.verify(value)).status, 'anonymous', value)
    }
    assert.ok(!values.some((value) => String(value).includes(token.slice(6, 70))))
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })
})

describe("the application's handle", () => {
  it('in a transaction of its own is waited for: nothing of ours is ever part of it', async () => {
    const database = openWithUsers() as DatabaseSync
    const auth = await open(database)
    const { token, session } = await signIn(auth)
    database.exec('begin')
    const revoked = auth.revoke({ sessionId: session.id })
    await new Promise((resolve) => setTimeout(resolve, 30))
    database.exec('rollback')
    assert.deepEqual(await revoked, [session.id])
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  it('in a transaction for too long is store_unavailable, for reads as well', async () => {
    const database = openWithUsers() as DatabaseSync
    const auth = await open(database, { lockTimeoutSeconds: 0.05 })
    const { token, session } = await signIn(auth)
    database.exec('begin')
    await assert.rejects(auth.verify(token), { code: 'store_unavailable' })
    await assert.rejects(auth.revoke({ sessionId: session.id }), { code: 'store_unavailable' })
    database.exec('commit')
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  it('is durable from the moment it is handed over: synchronous = extra', async () => {
    const database = openWithUsers() as DatabaseSync
    database.exec('pragma synchronous = off')
    await open(database)
    assert.deepEqual({ ...database.prepare('pragma synchronous').get() }, { synchronous: 3 })
  })

  it('that is something else is a TypeError', () => {
    assert.throws(() => sqlite({} as SqliteHandle), TypeError)
    assert.throws(() => sqlite(openWithUsers(), { prefix: 'a b' }), TypeError)
    assert.throws(() => sqlite(openWithUsers(), { lockTimeoutSeconds: -1 }), TypeError)
  })
})

describe('the tables of SQLite', () => {
  it('must be there, unless migrate makes them', async () => {
    const handle = openWithUsers()
    await assert.rejects(open(handle, { migrate: false }), { code: 'schema_missing' })
    handle.exec(schemaSql({ prefix: 'cloakroom_', userIdType: 'integer' }))
    assert.equal((await signIn(await open(handle, { migrate: false }))).user.id, 1)
  })

  it('are left alone by a second migration, and may be there twice under two prefixes', async () => {
    const handle = openWithUsers()
    const auth = await open(handle)
    const { token } = await signIn(auth)
    assert.equal((await (await open(handle)).verify(token)).status, 'authenticated')
    const other = await open(handle, { prefix: 'other_' })
    assert.deepEqual(await other.verify(token), { status: 'anonymous', reason: 'unknown' })
  })

  it('that have lost their one row of state are refused', async () => {
    const handle = openWithUsers()
    await open(handle)
    handle.exec('delete from cloakroom_state')
    await assert.rejects(open(handle), { code: 'schema_mismatch' })
  })

  it('of a later version are refused', async () => {
    const handle = openWithUsers()
    await open(handle)
    handle.exec('update cloakroom_state set schema_version = 2')
    await assert.rejects(open(handle), { code: 'schema_newer' })
  })

  it('made for another type of user id are refused', async () => {
    const handle = openWithUsers()
    handle.exec(schemaSql({ prefix: 'cloakroom_', userIdType: 'text' }))
    await assert.rejects(open(handle), { code: 'schema_mismatch' })
  })

  const misfits: Record<string, { sql?: string; users: UsersTable }> = {
    'no such table': { users: { ...users, table: 'people' } },
    'no such id column': { users: { ...users, id: { column: 'uid', type: 'integer' } } },
    'another type of id': { users: { ...users, id: { type: 'text' } } },
    'no such selected column': { users: { ...users, select: { phone: 'text' } } },
    'another type of column': { users: { ...users, select: { email: 'integer' } } },
    'nullable, and not said so': { users: { ...users, select: { display_name: 'text' } } },
    'active is no condition': { users: { ...users, active: 'not baned' } },
    'no unique id': {
      sql: 'create table users (id integer)',
      users: { table: 'users', id: { type: 'integer' } },
    },
    'an id that is not alone unique': {
      sql: 'create table users (id integer, tenant integer, primary key (id, tenant))',
      users: { table: 'users', id: { type: 'integer' } },
    },
    'an id that ignores case': {
      sql: 'create table users (id text primary key collate nocase)',
      users: { table: 'users', id: { type: 'text' } },
    },
  }
  for (const [what, { sql, users }] of Object.entries(misfits)) {
    it(`are checked against the users option at start: ${what}`, async () => {
      const store = sqlite(openWithUsers('node:sqlite', sql), { migrate: true })
      const opening = cloakroom({ origin: 'https://app.example', store, users })
      await assert.rejects(opening, { code: 'schema_mismatch' })
    })
  }
})

describe('a lock that is waited for', () => {
  it('is no skew of clocks', async () => {
    const database = openWithUsers() as DatabaseSync
    const store = sqlite(database, { migrate: true })
    const auth = await cloakroom({
      origin: 'https://app.example',
      store,
      users,
      maxClockSkewSeconds: 1,
    })
    const attempt = await auth.beginSignIn(1)
    database.exec('begin')
    const completed = attempt.complete()
    await new Promise((resolve) => setTimeout(resolve, 1300))
    database.exec('commit')
    assert.equal((await completed).user.id, 1)
  })
})

describe('revoking everybody on SQLite', () => {
  it('ends at once what it then deletes page by page, and nothing that begins meanwhile', async () => {
    const auth = await open(openWithUsers(), {}, testClock())
    const old = await Promise.all(Array.from({ length: 450 }, () => signIn(auth)))
    const revoking = auth.revoke({ everybody: true })
    await new Promise(setImmediate)
    const begun = await signIn(auth, 2)
    const ended = await revoking
    assert.deepEqual(new Set(ended), new Set(old.map(({ session }) => session.id)))
    assert.equal((await auth.verify(begun.token)).status, 'authenticated')
    assert.equal((await auth.verify(old[0]?.token)).status, 'anonymous')
  })
})
