import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { newDatabase } from '../../test/new-database.ts'
import { type Database, openDatabase } from './database.ts'
import { deleteInBatches } from './delete-in-batches.ts'

const place = await newDatabase()
const database = await openDatabase(place.address)
/** As another process has it. */
const another = await openDatabase(place.address)
after(async () => {
  await database.close()
  await another.close()
  await place.remove()
})

beforeEach(async () => {
  await place.sql('drop table if exists things')
  await place.sql('create table things (id integer primary key, size integer not null)')
})

const things = (on: Database = database) =>
  on.all<{ id: number; size: number }>('select * from things order by id')

test('a transaction that throws leaves nothing behind', async () => {
  const failure = new Error('no')
  const failed = database.transaction(async (queries) => {
    await queries.run('insert into things (id, size) values (?, ?)', 1, 1)
    throw failure
  })
  await assert.rejects(failed, failure)
  assert.deepEqual(await things(), [])
})

test('what a transaction has yet to finish nobody else sees', async () => {
  const seen: number[] = []
  await database.transaction(async (queries) => {
    await queries.run('insert into things (id, size) values (1, 1)')
    seen.push((await things(database)).length, (await things(another)).length)
    seen.push((await queries.all('select * from things')).length)
  })
  assert.deepEqual(seen, [0, 0, 1])
  assert.equal((await things()).length, 1)
})

test('a failing statement is told of as the database’s failure, with its cause', async () => {
  const failures = [
    () => database.one('select nonsense from things'),
    () => database.run('insert into things (id, size) values (1, null)'),
    () => database.transaction((queries) => queries.all('select nonsense from things')),
  ]
  for (const fail of failures) {
    await assert.rejects(fail(), (error: { code?: unknown; cause?: unknown }) => {
      assert.equal(error.code, 'store_unavailable')
      return error.cause instanceof Error
    })
  }
})

test('values come back as they went in', async () => {
  await place.sql('drop table if exists everything')
  const types = {
    sqlite: ['blob', 'text'],
    postgres: ['bytea', 'text'],
    mysql: ['blob', 'longtext'],
  }
  const [bytes, text] = types[place.kind]
  await place.sql(`create table everything (a bigint, b ${text}, c ${bytes}, d bigint)`)
  const row = { a: 2 ** 52, b: '𝛼? \' \\ "', c: new Uint8Array([0, 255, 63]), d: null }
  await database.insertIfAbsent('everything', row)
  const found = await database.one<typeof row>('select * from everything where a = ?', row.a)
  assert.ok(found)
  assert.deepEqual({ ...found, c: new Uint8Array(found.c) }, row)
})

test('a row is inserted once, however many try', async () => {
  const tries = [database, another].flatMap((each) =>
    Array.from({ length: 10 }, (_, size) => each.insertIfAbsent('things', { id: 1, size })),
  )
  assert.equal((await Promise.all(tries)).filter(Boolean).length, 1)
  assert.equal((await things()).length, 1)
})

test('of many who lock a row and then change it by what they read, none is lost', async () => {
  await database.run('insert into things (id, size) values (1, 0)')
  const grow = (on: Database) =>
    on.transaction(async (queries) => {
      const row = await queries.lockOne<{ size: number }>('select size from things where id = ?', 1)
      await queries.run('update things set size = ? where id = 1', (row?.size ?? Number.NaN) + 1)
    })
  await Promise.all(Array.from({ length: 40 }, (_, index) => grow(index % 2 ? database : another)))
  assert.deepEqual(
    (await things()).map(({ size }) => size),
    [40],
  )
})

test('of many who make a row unless it is there, lock it and change it, none has to be undone', async () => {
  let runs = 0
  const grow = (on: Database) =>
    on.transaction(async (queries) => {
      runs += 1
      const find = () =>
        queries.lockOne<{ size: number }>('select size from things where id = ?', 1)
      if ((await find()) === undefined) await queries.insertIfAbsent('things', { id: 1, size: 0 })
      const row = await find()
      await queries.run('update things set size = ? where id = 1', (row?.size ?? Number.NaN) + 1)
    })
  await Promise.all(Array.from({ length: 40 }, (_, index) => grow(index % 2 ? database : another)))
  assert.deepEqual(
    (await things()).map(({ size }) => size),
    [40],
  )
  assert.equal(runs, 40)
})

test('a row that somebody keeps locked is given up, by the server and in time', {
  skip: place.kind === 'sqlite' && 'a file has one lock, of which sqlite.test.ts is',
}, async () => {
  await database.run('insert into things (id, size) values (1, 0)')
  const { promise: isOver, resolve: endHolding } = Promise.withResolvers<void>()
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>()
  const holding = another.transaction(async (queries) => {
    await queries.lockOne('select size from things where id = 1')
    hold()
    await isOver
  })
  await isHeld
  const waiting = database.transaction((queries) =>
    queries.run('update things set size = 1 where id = 1'),
  )
  try {
    await assert.rejects(
      waiting,
      ({ code, cause }: { code?: string; cause?: { code?: string } }) => {
        assert.equal(code, 'store_unavailable')
        return cause?.code === '55P03' || cause?.code === 'ER_LOCK_WAIT_TIMEOUT'
      },
    )
  } finally {
    endHolding()
    await holding
  }
  assert.equal(await database.run('update things set size = 1 where id = 1'), 1)
})

test('two transactions that wait for each other both come to their end', async () => {
  await database.run('insert into things (id, size) values (1, 0), (2, 0)')
  let waiting = 0
  const { promise: bothHold, resolve } = Promise.withResolvers<void>()
  const grow = (on: Database, ids: readonly number[]) =>
    on.transaction(async (queries) => {
      for (const id of ids) {
        await queries.run('update things set size = size + 1 where id = ?', id)
        waiting += 1
        if (waiting === 2) resolve()
        // One file has one lock, so there the second transaction has yet to begin.
        if (place.kind !== 'sqlite') await bothHold
      }
    })
  await Promise.all([grow(database, [1, 2]), grow(another, [2, 1])])
  assert.deepEqual(
    (await things()).map(({ size }) => size),
    [2, 2],
  )
})

test('batches delete what the condition says, and nothing that it ceased to say', async () => {
  await database.transaction(async (queries) => {
    for (let id = 0; id < 1203; id += 1) {
      await queries.run('insert into things (id, size) values (?, ?)', id, id < 1200 ? 1 : 9)
    }
  })
  const small = { table: 'things', key: 'id', condition: 'size < ?' }
  const growing: Database = {
    ...database,
    async run(sql, ...values) {
      await another.run('update things set size = 9 where id = 7')
      return database.run(sql, ...values)
    },
  }
  assert.equal(await deleteInBatches(growing, small, 5), 1199)
  assert.equal(await deleteInBatches(database, small, 5), 0)
  assert.deepEqual(
    (await things()).map(({ id }) => id),
    [7, 1200, 1201, 1202],
  )
})

test('of several that migrate at once, one does each step', async () => {
  const fresh = await newDatabase()
  const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase(fresh.address)))
  await Promise.all(databases.map((each) => each.migrate()))
  const applied = await databases[0]?.all<{ version: number }>(
    'select version from service_migrations order by version',
  )
  assert.ok(applied && applied.length > 0)
  assert.deepEqual(
    applied.map(({ version }) => version),
    applied.map((_, index) => index + 1),
  )
  for (const each of databases) await each.close()
  await fresh.remove()
})

test('a database that a newer version has been at work on is refused', async () => {
  await database.migrate()
  await place.sql('insert into service_migrations values (999)')
  await assert.rejects(database.migrate(), /999/)
})
