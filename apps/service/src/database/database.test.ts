import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { connect, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'

const folder = mkdtempSync(join(tmpdir(), 'database-'))
after(() => rmSync(folder, { recursive: true }))
const file = (name: string) => join(folder, name)
const noLockTable = !existsSync('/proc/locks') && 'only Linux tells who holds which lock'

test('folder and file are for their owner alone', () => {
  const path = file('new/folder/service.sqlite')
  const database = openDatabase(path)
  database.exec('create table t (a)')
  assert.equal(statSync(file('new/folder')).mode & 0o777, 0o700)
  for (const suffix of ['', '-wal', '-shm']) {
    assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix)
  }
  database.close()
})

test('a transaction that throws leaves nothing behind', async () => {
  const database = openDatabase(file('rollback.sqlite'))
  database.exec('create table t (a)')
  const insert = database.prepare('insert into t values (1)')
  const failure = new Error('no')
  const failed = database.write(() => {
    insert.run()
    throw failure
  })
  await assert.rejects(failed, failure)
  assert.deepEqual(database.prepare('select * from t').all(), [])
  database.close()
})

test('a lock that another connection holds is waited for without stopping the event loop', async () => {
  const path = file('locked.sqlite')
  const database = openDatabase(path)
  database.exec('create table t (a)')
  const other = connect(path)
  other.exec('begin immediate')
  let turns = 0
  const ticking = setInterval(() => {
    turns += 1
    if (turns === 30) other.exec('commit')
  }, 5)
  await database.write(() => database.exec('insert into t values (1)'))
  clearInterval(ticking)
  assert.ok(turns >= 30)
  other.close()
  database.close()
})

test('of a hundred writes that wait for a lock each gives up in time, and the event loop runs on', async () => {
  const path = file('queue.sqlite')
  const database = openDatabase(path)
  database.exec('create table t (a)')
  const other = connect(path)
  other.exec('begin immediate')
  const before = performance.eventLoopUtilization()
  const start = performance.now()
  const write = () => database.write(() => database.exec('insert into t values (1)'))
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
  assert.equal(database.prepare('select * from t').all().length, 1)
  other.close()
  database.close()
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

test('of several that migrate a new file at once, one does each step', async () => {
  const path = file('many.sqlite')
  const databases = Array.from({ length: 4 }, () => openDatabase(path))
  await Promise.all(databases.map(migrate))
  const [database] = databases
  const applied = database?.prepare<{ version: number }>('select version from service_migrations')
  assert.equal(applied?.all().length, migrations.length)
  for (const each of databases) each.close()
})

test('a file that a newer version has been at work on is refused', async () => {
  const database = openDatabase(file('newer.sqlite'))
  await migrate(database)
  database.exec('insert into service_migrations values (999)')
  await assert.rejects(migrate(database), /999/)
  database.close()
})
