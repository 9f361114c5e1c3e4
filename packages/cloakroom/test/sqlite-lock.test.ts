import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'

const users = { table: 'users', id: { type: 'integer' } } as const

describe('a second process that holds the write lock of SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-lock-'))
  after(() => rmSync(folder, { recursive: true }))

  for (const mode of ['wal', 'delete']) {
    it(`for a second does not stop this one's event loop, in journal mode ${mode}`, async () => {
      const { file, database } = createDatabase(mode)
      const auth = await cloakroom({
        origin: 'http://localhost',
        store: sqlite(database, { migrate: true }),
        users,
      })
      const holder = await holdLock(file, 1000)
      const loop = monitorEventLoopDelay({ resolution: 1 })
      loop.enable()
      const start = performance.now()
      const attempt = await auth.beginSignIn(1)
      const { token } = await attempt.complete()
      const waited = performance.now() - start
      loop.disable()

      assert.ok(waited > 500, `the sign-in waited for the lock only ${waited} ms`)
      const longest = loop.max / 1e6
      assert.ok(longest < 300, `the event loop stood still for ${longest} ms`)
      assert.equal((await auth.verify(token)).status, 'authenticated')
      await holder.exited
      await auth.close()
      database.close()
    })
  }

  it('does not stop it either when hundreds of writes wait', async () => {
    const { file, database } = createDatabase('wal')
    const store = sqlite(database, { migrate: true })
    const auth = await cloakroom({ origin: 'http://localhost', store, users })
    const attempts = await Promise.all(Array.from({ length: 300 }, () => auth.beginSignIn(1)))
    const holder = await holdLock(file, 1000)
    const before = performance.eventLoopUtilization()
    const issued = attempts.map((attempt) => attempt.complete())
    await holder.exited
    const { utilization } = performance.eventLoopUtilization(before)

    assert.ok(utilization < 0.6, `${Math.round(utilization * 100)} % of the event loop was taken`)
    assert.equal((await Promise.all(issued)).length, 300)
    await auth.close()
    database.close()
  })

  it('for longer than lockTimeoutSeconds is store_unavailable; reading goes on meanwhile', async () => {
    const { file, database } = createDatabase('wal')
    const store = sqlite(database, { migrate: true, lockTimeoutSeconds: 0.2 })
    const auth = await cloakroom({ origin: 'http://localhost', store, users })
    const { token, session } = await (await auth.beginSignIn(1)).complete()
    const holder = await holdLock(file, 60_000)

    await assert.rejects(auth.revoke({ sessionId: session.id }), { code: 'store_unavailable' })
    assert.equal((await auth.verify(token)).status, 'authenticated')
    holder.end()
    await holder.exited
    assert.deepEqual(await auth.revoke({ sessionId: session.id }), [session.id])
    await auth.close()
    database.close()
  })

  function createDatabase(mode: string): { file: string; database: DatabaseSync } {
    const file = join(mkdtempSync(join(folder, 'database-')), 'app.db')
    const database = new DatabaseSync(file)
    database.exec(`pragma journal_mode = ${mode};
      create table users (id integer primary key, name text);
      insert into users (id) values (1)`)
    return { file, database }
  }
})

interface Holder {
  readonly exited: Promise<unknown>
  end(): void
}

async function holdLock(file: string, milliseconds: number): Promise<Holder> {
  const program = join(import.meta.dirname, 'sqlite-holder.ts')
  const child = spawn(process.execPath, [program, file, String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  return { exited, end: () => child.kill() }
}
