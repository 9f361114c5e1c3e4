import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { inspect } from 'node:util'
import {
  type FaultyProxy,
  type PrivateServer,
  startMariadb,
  startProxy,
  waitUntil,
} from '@cloakroom/test-servers'
import { type Cloakroom, CloakroomError, cloakroom } from 'cloakroom'
import { type MysqlOptions, mysql } from 'cloakroom/mysql'
import type { Pool } from 'mysql2/promise'
import { signInAs } from '../src/testing/index.ts'
import { freshDatabase, type MysqlDatabase } from './mysql-database.ts'

type Auth = Cloakroom<{ readonly id: number }>

let server: PrivateServer
let database: MysqlDatabase
before(async () => {
  server = await startMariadb({ durable: true, maxConnections: 40 })
})
beforeEach(async () => {
  database = await freshDatabase(server.url)
  await database.admin.query(
    'create table users (id int primary key); insert into users values (1), (2)',
  )
  await (await open(database.connect(), { migrate: true })).close()
})
afterEach(() => database.close())
after(() => server.stop())

function open(pool: Pool, options: MysqlOptions = {}): Promise<Auth> {
  return cloakroom({
    origin: 'https://app.example',
    store: mysql(pool, options),
    users: { table: 'users', id: { type: 'integer' } },
    pruneIntervalSeconds: false,
  })
}

async function isUp(auth: Auth, token: string): Promise<boolean> {
  try {
    return (await auth.verify(token)).status === 'authenticated'
  } catch (error) {
    assert.equal((error as CloakroomError).code, 'store_unavailable')
    return false
  }
}

/** What fails must do so by `store_unavailable`, and by nothing else. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    assert(error instanceof CloakroomError, inspect(error))
    assert.equal(error.code, 'store_unavailable')
    return undefined
  }
}

describe('kill -9 of MySQL under load', () => {
  it('is store_unavailable, never anonymous, and mends by itself; no acknowledged revocation is lost', async () => {
    const auth = await open(database.connect({ connectionLimit: 8 }), { timeoutSeconds: 2 })
    const lasting = await signInAs(auth, 1)
    const revoked: string[] = []
    const count = { verified: 0, failed: 0 }
    let isOver = false

    async function verifyAll(): Promise<void> {
      while (!isOver) {
        const verification = await attempt(() => auth.verify(lasting.token))
        if (verification === undefined) count.failed += 1
        else assert.equal(verification.status, 'authenticated')
        const ended = revoked.at(-1)
        const late = await attempt(() => auth.verify(ended))
        if (late !== undefined) assert.equal(late.status, 'anonymous')
        count.verified += 1
        await new Promise(setImmediate)
      }
    }

    async function revokeAll(): Promise<void> {
      while (!isOver) {
        const issued = await attempt(() => signInAs(auth, 2))
        const sessionId = issued?.session.id ?? ''
        const ended = await attempt(async () =>
          revoked.length % 2 === 0 ? auth.revoke({ userId: 2 }) : auth.revoke({ sessionId }),
        )
        if (issued !== undefined && ended !== undefined) revoked.push(issued.token)
      }
    }

    const load = [verifyAll(), verifyAll(), verifyAll(), revokeAll()]
    for (let kill = 0; kill < 3; kill += 1) {
      const [verified, ended] = [count.verified, revoked.length]
      await waitUntil(
        'it works',
        () => count.verified > verified + 20 && revoked.length > ended + 5,
      )
      const { failed } = count
      await server.kill()
      await waitUntil('requests fail', () => count.failed > failed)
      await server.restart()
      for (const token of revoked) {
        const verification = await attempt(() => auth.verify(token))
        if (verification !== undefined) assert.equal(verification.status, 'anonymous')
      }
    }
    await waitUntil('it works again', () => isUp(auth, lasting.token))
    isOver = true
    await Promise.all(load)
    for (const token of revoked) assert.equal((await auth.verify(token)).status, 'anonymous')
    assert.ok(revoked.length > 15)
  })
})

describe('a MySQL that does not answer', () => {
  const timeoutSeconds = 0.5
  /** Long enough for a busy machine; without a time-out it would be for ever. */
  const limitMs = 20_000
  let proxy: FaultyProxy
  before(async () => {
    proxy = await startProxy({ url: server.url })
  })
  after(() => proxy.stop())

  function throughProxy(connectionLimit = 4): Pool {
    const url = new URL(database.url)
    url.port = String(proxy.port)
    // How soon the pool gives up what does not connect is the application's to say.
    return database.connect({ uri: url.href, connectionLimit, connectTimeout: 1000 })
  }

  async function assertInTime(work: () => Promise<unknown>, what: string): Promise<void> {
    const start = performance.now()
    await assert.rejects(work(), { code: 'store_unavailable' }, what)
    assert.ok(performance.now() - start < limitMs, what)
  }

  it('holds no request past the time-out, on open connections or on new ones, and mends by itself', async () => {
    const auth = await open(throughProxy(), { timeoutSeconds })
    const { token, session } = await signInAs(auth, 1)
    await proxy.blackHole()
    const verbs = {
      verify: () => auth.verify(token),
      update: () => auth.update(session.id, { a: 1 }),
      list: () => auth.list(1),
      revoke: () => auth.revoke({ sessionId: session.id }),
      'revoke all': () => auth.revoke({ userId: 1 }),
      everybody: () => auth.revoke({ everybody: true }),
      block: () => auth.block(1),
      signIn: () => signInAs(auth, 1),
      prune: () => auth.prune(),
    }
    await Promise.all(Object.entries(verbs).map(([what, verb]) => assertInTime(verb, what)))
    await assertInTime(verbs.verify, 'a new connection')
    await proxy.restore()
    await waitUntil('it works again', () => isUp(auth, token))
  })

  it('does not hold those who wait for a connection either', async () => {
    const auth = await open(throughProxy(1), { timeoutSeconds })
    const { token } = await signInAs(auth, 1)
    await proxy.blackHole()
    const waiting = Array.from({ length: 20 }, () => assertInTime(() => auth.verify(token), 'one'))
    await Promise.all(waiting)
    await proxy.restore()
    await waitUntil('it works again', () => isUp(auth, token))
  })

  it('when the application has all connections, fails in time and takes none from it', async () => {
    const pool = database.connect({ connectionLimit: 2 })
    const auth = await open(pool, { timeoutSeconds })
    const { token } = await signInAs(auth, 1)
    const held = [await pool.getConnection(), await pool.getConnection()]
    await assertInTime(() => auth.verify(token), 'all are taken')
    for (const connection of held) connection.release()
    // Those that were waited for too long have been given back.
    assert.equal((await auth.verify(token)).status, 'authenticated')
    const again = [await pool.getConnection(), await pool.getConnection()]
    for (const connection of again) connection.release()
  })

  it('when it is stopped, fails in time, and mends when it goes on', async () => {
    const auth = await open(database.connect(), { timeoutSeconds })
    const { token } = await signInAs(auth, 1)
    server.pause()
    try {
      await assertInTime(() => auth.verify(token), 'stopped')
    } finally {
      server.resume()
    }
    await waitUntil('it works again', () => isUp(auth, token))
  })

  it('when somebody holds the row, fails in time, and the revocation can be repeated', async () => {
    const auth = await open(database.connect(), { timeoutSeconds })
    const { token, session } = await signInAs(auth, 1)
    const holder = await database.admin.getConnection()
    await holder.beginTransaction()
    await holder.query('select * from cloakroom_sessions for update')
    await assertInTime(() => auth.revoke({ userId: 1 }), 'the row is held')
    assert.equal((await auth.verify(token)).status, 'authenticated')
    await holder.rollback()
    holder.release()
    await auth.revoke({ userId: 1 })
    await auth.revoke({ sessionId: session.id })
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  it('connections that are cut are replaced', async () => {
    const auth = await open(throughProxy(), { timeoutSeconds })
    const { token } = await signInAs(auth, 1)
    for (let times = 0; times < 3; times += 1) {
      const verifying = attempt(() => auth.verify(token))
      await proxy.cut()
      const verification = await verifying
      assert.ok(verification === undefined || verification.status === 'authenticated')
      await waitUntil('it works again', () => isUp(auth, token))
    }
  })
})

describe('a process whose connection does not answer any more', () => {
  it('can end', async () => {
    const proxy = await startProxy({ url: database.url })
    const program = join(import.meta.dirname, 'mysql-leaver.ts')
    const child = spawn(process.execPath, ['--conditions=cloakroom-source', program], {
      env: { ...process.env, DATABASE_URL: proxy.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const lines: string[] = []
    child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text.trim()))
    await waitUntil('it is ready', () => lines.length === 1)
    await proxy.blackHole()
    child.stdin.write('go\n')
    const [code] = await exited
    assert.equal(code, 0)
    assert.deepEqual(lines, ['ready', 'store_unavailable'])
    await proxy.stop()
  })
})

describe('a MySQL that refuses', () => {
  it('as it has too many connections already: store_unavailable, until it has fewer', async () => {
    const auth = await open(database.connect({ connectionLimit: 2 }))
    const { token } = await signInAs(auth, 1)
    await database.admin.query('set global max_connections = 10')
    const greedy = database.connect({ connectionLimit: 50 })
    const taken = await Promise.allSettled(
      Array.from({ length: 20 }, () => greedy.query('select sleep(0.5)')),
    )
    assert.ok(taken.some(({ status }) => status === 'rejected'))
    const late = await open(database.connect()).catch((error: CloakroomError) => error.code)
    assert.ok(late === 'store_unavailable' || typeof late === 'object')
    await database.disconnect(greedy)
    await database.admin.query('set global max_connections = 40')
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  it('to write, as it is a replica now, verifies nobody: what it knows may be of earlier', async () => {
    const auth = await open(database.connect())
    const { token } = await signInAs(auth, 1)
    await database.admin.query('set global read_only = 1')
    const unknown = await signInTokenOfNobody(auth)
    for (const shown of [token, unknown]) {
      await assert.rejects(auth.verify(shown), { code: 'store_unavailable' })
    }
    await assert.rejects(open(database.connect()), { code: 'store_unavailable' })
    await database.admin.query('set global read_only = 0')
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  it('what Cloakroom must do, as it logs statements only, is refused at start', async () => {
    const logging = await startMariadb({
      settings: { 'log-bin': 'log', 'server-id': 1, 'binlog-format': 'STATEMENT' },
    })
    const logged = await freshDatabase(logging.url)
    await logged.admin.query('create table users (id int primary key)')
    await assert.rejects(open(logged.connect(), { migrate: true }), { code: 'schema_mismatch' })
    await logged.admin.query(`set global binlog_format = 'ROW'`)
    await (await open(logged.connect(), { migrate: true })).close()
    await logged.close()
    await logging.stop()
  })

  async function signInTokenOfNobody(auth: Auth): Promise<string> {
    await database.admin.query('set global read_only = 0')
    const { token, session } = await signInAs(auth, 2)
    await auth.revoke({ sessionId: session.id })
    await database.admin.query('set global read_only = 1')
    return token
  }
})

describe('what an error of MySQL tells', () => {
  it('is no token, hash, data or password, however it fails', async () => {
    const auth = await open(database.connect())
    const { token, session } = await signInAs(auth, 1)
    const secrets = [token.slice(6), 'very private', new URL(server.url).password]
    const [rows] = await database.admin.query(
      'select hex(secret_hash) as secret, hex(family_hash) as family from cloakroom_sessions',
    )
    for (const { secret, family } of rows as { secret: string; family: string }[]) {
      secrets.push(secret, family)
    }
    const breakages = [
      'alter table cloakroom_sessions modify data varchar(3) not null',
      'alter table cloakroom_sessions drop column device',
      'drop table cloakroom_user_states',
    ]
    for (const sql of breakages) {
      await database.admin.query('set sql_mode = ""')
      await database.admin.query(sql)
      const verbs = [
        () => auth.verify(token),
        () => auth.update(session.id, { note: 'very private' }),
        () => signInAs(auth, 1, { data: { note: 'very private' }, carried: token }),
        () => auth.revoke({ userId: 1 }),
        () => auth.signOut(token),
      ]
      const errors = await Promise.all(verbs.map((verb) => verb().catch((error: unknown) => error)))
      const told = errors
        .filter((error) => error instanceof Error)
        .map((error) => inspect(error, { depth: 10 }))
      assert.ok(told.length > 0, sql)
      for (const secret of secrets) {
        for (const text of told) {
          assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), `${sql}: ${text}`)
        }
      }
    }
  })
})
