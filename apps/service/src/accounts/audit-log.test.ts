import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { type Database, openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'audit-'))
after(() => rmSync(folder, { recursive: true }))

let now: number
let database: Database
let auditLog: AuditLog
let files = 0

beforeEach(async () => {
  now = Date.UTC(2030, 0)
  files += 1
  database = openDatabase(join(folder, `${files}.sqlite`))
  await migrate(database)
  auditLog = createAuditLog(database, () => now, 365)
})

function append(action: string): void {
  const nobody = { actorEmail: null, targetId: null, targetEmail: null, ip: null, detail: null }
  auditLog.append({ actorId: 'a1', action, ...nobody })
}

const actions = () => auditLog.page({ before: undefined, limit: 100 }).items.map((e) => e.action)

test('entries come newest first, a page at a time', () => {
  for (let index = 1; index <= 5; index += 1) append(`act_${index}`)
  const first = auditLog.page({ before: undefined, limit: 2 })
  assert.deepEqual(
    first.items.map((entry) => entry.action),
    ['act_5', 'act_4'],
  )
  assert.equal(first.next, '4')
  const second = auditLog.page({ before: 4, limit: 2 })
  assert.deepEqual(
    second.items.map((entry) => entry.action),
    ['act_3', 'act_2'],
  )
  const last = auditLog.page({ before: 2, limit: 2 })
  assert.deepEqual(
    last.items.map((entry) => entry.action),
    ['act_1'],
  )
  assert.equal(last.next, null)
})

test('the database itself refuses to change, delete or replace an entry', () => {
  append('act')
  const attempts = [
    "update audit_log set action = 'another'",
    'delete from audit_log',
    "insert or replace into audit_log (id, at, action) values (1, 0, 'another')",
    "insert into audit_log (id, at, action) values (1, 0, 'a') on conflict do update set action = 'b'",
    'delete from audit_retention',
    'update audit_retention set delete_before = -1',
  ]
  for (const sql of attempts) assert.throws(() => database.exec(sql), /audit_/, sql)
  assert.deepEqual(actions(), ['act'])
})

test('an id is never given out again', async () => {
  append('old')
  now += 366 * 86_400_000
  await auditLog.prune()
  append('new')
  assert.equal(auditLog.page({ before: undefined, limit: 1 }).items[0]?.id, 2)
})

test('retention deletes what is older than it, and nothing younger', async () => {
  for (let index = 0; index < 1100; index += 1) append('old')
  now += 300 * 86_400_000
  append('young')
  assert.equal(await auditLog.prune(), 0)
  now += 66 * 86_400_000
  assert.equal(await auditLog.prune(), 1100)
  assert.deepEqual(actions(), ['young'])
  assert.throws(() => database.exec('delete from audit_log'), /append-only/)
})
