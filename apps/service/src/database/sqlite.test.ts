import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sqliteSteps } from './migrations/sqlite.ts'
import { connect, openSqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'sqlite-'))
after(() => rmSync(folder, { recursive: true }))
const file = (name: string) => join(folder, name)
const noLockTable = !existsSync('/proc/locks') && 'only Linux tells who holds which lock'

test('folder and file are for their owner alone', async () => {
  const path = file('new/folder/service.sqlite')
  const database = openSqlite(path)
  await database.run('create table t (a)')
  assert.equal(statSync(file('new/folder')).mode & 0o777, 0o700)
  for (const suffix of ['', '-wal', '-shm']) {
    assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix)
  }
  await database.close()
})

test('a lock that another connection holds is waited for without stopping the event loop', async () => {
  const path = file('locked.sqlite')
  const database = openSqlite(path)
  await database.run('create table t (a)')
  const other = connect(path)
  other.exec('begin immediate')
  let turns = 0
  const ticking = setInterval(() => {
    turns += 1
    if (turns === 30) other.exec('commit')
  }, 5)
  await database.run('insert into t values (1)')
  clearInterval(ticking)
  assert.ok(turns >= 30)
  other.close()
  await database.close()
})

test('of a hundred writes that wait for a lock each gives up in time, and the event loop runs on', async () => {
  const path = file('queue.sqlite')
  const database = openSqlite(path)
  await database.run('create table t (a)')
  const other = connect(path)
  other.exec('begin immediate')
  const before = performance.eventLoopUtilization()
  const start = performance.now()
  const write = () => database.run('insert into t values (1)')
  const waiting = Array.from({ length: 100 }, async () => {
    await assert.rejects(write(), { code: 'store_unavailable' })
    return performance.now() - start
  })
  const slowest = Math.max(...(await Promise.all(waiting)))
  const { utilization } = performance.eventLoopUtilization(before)
  assert.ok(slowest < 5500, `${slowest} ms`)
  assert.ok(utilization < 0.5, `the process was busy for ${utilization} of the time`)
  other.exec('commit')
  await write()
  assert.equal((await database.all('select * from t')).length, 1)
  other.close()
  await database.close()
})

test('a second connection leaves the locks of the first one in place', {
  skip: noLockTable,
}, () => {
  const path = file('locks.sqlite')
  const first = connect(path)
  first.exec('create table t (a)')
  const held = locksOn(path)
  assert.notDeepEqual(held, [])
  const second = connect(path)
  assert.deepEqual(locksOn(path), held)
  second.close()
  assert.deepEqual(locksOn(path), held)
  first.close()
  assert.deepEqual(locksOn(path), [])
})

/** Without them another process that closes the file takes the write-ahead log away from under us. */
function locksOn(path: string): string[] {
  const inode = `:${statSync(path).ino} `
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .filter((line) => line.includes(inode))
    .map((line) => line.replace(/^\d+: /, ''))
}

test('what was migrated by the first version is brought up to date', async () => {
  const path = file('first.sqlite')
  const first = connect(path)
  first.exec('create table service_migrations (version integer primary key) strict')
  first.exec(sqliteSteps[0] as string)
  first.exec(`insert into service_migrations values (1);
    insert into users (id, email, password_hash, admin, created_at) values ('u', 'e', 'h', 1, 0);
    insert into throttles values (x'01', 1, 2, 3);
    insert into known_networks values (x'01', 4)`)
  first.close()
  const database = openSqlite(path)
  await database.migrate()
  const [throttle] = await database.all('select * from throttles')
  assert.deepEqual(
    { ...(throttle as object) },
    {
      key_hash: new Uint8Array([1]),
      failures: 1,
      free_at: 2,
      forget_at: 3,
    },
  )
  assert.notEqual(await database.one('select id from users where admin = true'), undefined)
  await database.close()
})
