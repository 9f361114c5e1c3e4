import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { newDatabase, type TestDatabase } from '../../test/new-database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'

let now: number
let place: TestDatabase
let database: Database
let auditLog: AuditLog

beforeEach(async () => {
  now = Date.UTC(2030, 0)
  place = await newDatabase()
  database = await openDatabase(place.address)
  await database.migrate()
  auditLog = createAuditLog(database, () => now, 365)
})

afterEach(async () => {
  await database.close()
  await place.remove()
})

async function append(...actions: readonly string[]): Promise<void> {
  const nobody = { actorEmail: null, targetId: null, targetEmail: null, ip: null, detail: null }
  await database.transaction(async (queries) => {
    for (const action of actions)
      await auditLog.append(queries, { actorId: 'a1', action, ...nobody })
  })
}

async function actions(): Promise<string[]> {
  const { items } = await auditLog.page({ before: undefined, limit: 100 })
  return items.map(({ action }) => action)
}

test('entries come newest first, a page at a time', async () => {
  await append('act_1', 'act_2', 'act_3', 'act_4', 'act_5')
  const first = await auditLog.page({ before: undefined, limit: 2 })
  assert.deepEqual(
    first.items.map((entry) => entry.action),
    ['act_5', 'act_4'],
  )
  assert.equal(first.next, '4')
  const second = await auditLog.page({ before: 4, limit: 2 })
  assert.deepEqual(
    second.items.map((entry) => entry.action),
    ['act_3', 'act_2'],
  )
  const last = await auditLog.page({ before: 2, limit: 2 })
  assert.deepEqual(
    last.items.map((entry) => entry.action),
    ['act_1'],
  )
  assert.equal(last.next, null)
})

/** Ways to put one entry in another's place. */
const replacements = {
  sqlite: [
    "insert or replace into audit_log (id, at, action) values (1, 0, 'another')",
    "insert into audit_log (id, at, action) values (1, 0, 'a') on conflict do update set action = 'b'",
  ],
  postgres: [
    "insert into audit_log (id, at, action) overriding system value values (1, 0, 'a') on conflict (id) do update set action = 'b'",
    'truncate audit_log',
    'truncate audit_retention',
  ],
  mysql: [
    "replace into audit_log (id, at, action) values (1, 0, 'another')",
    "insert into audit_log (id, at, action) values (1, 0, 'a') on duplicate key update action = 'b'",
  ],
}

test('the database itself refuses to change, delete or replace an entry', async () => {
  await append('act')
  const attempts = [
    "update audit_log set action = 'another'",
    'delete from audit_log',
    ...replacements[place.kind],
    'delete from audit_retention',
    'update audit_retention set delete_before = -1',
  ]
  for (const sql of attempts) await assert.rejects(place.sql(sql), /audit_/, sql)
  assert.deepEqual(await actions(), ['act'])
})

test('an id is never given out again', async () => {
  await append('old')
  now += 366 * 86_400_000
  await auditLog.prune()
  await append('new')
  const { items } = await auditLog.page({ before: undefined, limit: 1 })
  assert.equal(items[0]?.id, 2)
})

test('retention deletes what is older than it, and nothing younger', async () => {
  await append(...new Array<string>(1100).fill('old'))
  now += 300 * 86_400_000
  await append('young')
  assert.equal(await auditLog.prune(), 0)
  now += 66 * 86_400_000
  assert.equal(await auditLog.prune(), 1100)
  assert.deepEqual(await actions(), ['young'])
  await assert.rejects(place.sql('delete from audit_log'), /append-only/)
})
