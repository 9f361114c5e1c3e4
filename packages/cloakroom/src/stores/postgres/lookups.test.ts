import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  DataError,
  idOf,
  keyOf,
  numbers,
  occupy,
  type Statement,
  serve,
  watch,
} from '../../../test/lookup-server.ts'
import { CloakroomError } from '../../errors.ts'
import { createLookups } from './lookups.ts'

describe('lookups while there are few', () => {
  test('each leaves at once, in a statement of its own', async () => {
    const { find, sent } = serve({ maxStatements: 4 })
    const lookups = numbers(0, 4).map((number) => find(idOf(number)))
    assert.deepEqual(
      sent.map(({ kind, keys }) => [kind, keys]),
      numbers(0, 4).map((number) => ['one', [keyOf(number)]]),
    )
    for (const statement of sent) await statement.answer()
    assert.deepEqual(
      await Promise.all(lookups),
      numbers(0, 4).map((number) => `row of ${keyOf(number)}`),
    )
  })

  test('a session that is not there is undefined', async () => {
    const { find, sent } = serve()
    const lookup = find(idOf(1))
    await sent[0]?.answer(() => undefined)
    assert.equal(await lookup, undefined)
  })

  test('a failure is that of the one lookup, as it came, and frees its place', async () => {
    const { find, sent } = serve({ maxStatements: 1 })
    const failure = new DataError()
    const lookup = assert.rejects(find(idOf(1)), failure)
    await sent[0]?.fail(failure)
    await lookup
    void find(idOf(2))
    assert.equal(sent.length, 2)
  })

  test('a statement that could not even be sent frees its place', async () => {
    const failure = new Error('the pool has ended')
    const find = createLookups<string>(
      {
        findOne() {
          throw failure
        },
        findMany: () => Promise.reject(failure),
        isDataError: () => false,
      },
      { maxStatements: 1, timeoutMs: 60_000 },
    )
    for (const number of numbers(0, 3)) await assert.rejects(find(idOf(number)), failure)
  })

  test('without a limit nothing is ever collected', () => {
    const { find, sent } = serve({ maxStatements: Infinity })
    for (const number of numbers(0, 1000)) void find(idOf(number))
    assert.equal(sent.length, 1000)
    assert(sent.every(({ kind }) => kind === 'one'))
  })
})

describe('lookups while there are many', () => {
  test('those beyond the limit wait, and leave together when a statement returns', async () => {
    const server = serve()
    const { find, sent } = server
    occupy(server)
    const lookups = numbers(0, 16).map((number) => find(idOf(number)))
    assert.equal(sent.length, 2)
    await sent[1]?.answer()
    assert.equal(sent.length, 3)
    assert.equal(sent[2]?.kind, 'many')
    assert.deepEqual(sent[2]?.keys, numbers(0, 16).map(keyOf))
    await sent[2]?.answer((key) => (key === keyOf(3) ? undefined : `row of ${key}`))
    assert.deepEqual(
      await Promise.all(lookups),
      numbers(0, 16).map((number) => (number === 3 ? undefined : `row of ${keyOf(number)}`)),
    )
  })

  test('a single one that waited has the plan of a single one', async () => {
    const server = serve()
    occupy(server)
    const lookup = server.find(idOf(1))
    await server.sent[0]?.answer()
    assert.equal(server.sent[2]?.kind, 'one')
    await server.sent[2]?.answer()
    assert.equal(await lookup, `row of ${keyOf(1)}`)
  })

  test('a failed statement, too, lets those that wait go on', async () => {
    const server = serve()
    const failing = assert.rejects(server.find(idOf(0)), DataError)
    occupy(server, 1)
    const lookup = server.find(idOf(1))
    await server.sent[0]?.fail(new DataError())
    await failing
    await server.sent[2]?.answer()
    assert.equal(await lookup, `row of ${keyOf(1)}`)
  })

  test('a lookup never joins a statement that was sent before it', async () => {
    const server = serve({ maxStatements: 1 })
    const { find, sent } = server
    const direct = find(idOf(1))
    const second = [find(idOf(1)), find(idOf(2))]
    await sent[0]?.answer(() => 'before the revocation')
    assert.deepEqual(sent[1]?.keys.slice(0, 2), [keyOf(1), keyOf(2)])
    // The batch is under way, and was perhaps answered already: it says nothing about now.
    const third = find(idOf(1))
    await sent[1]?.answer(() => 'before the revocation')
    await sent[2]?.answer(() => 'after it')
    assert.deepEqual(await Promise.all([direct, ...second]), Array(3).fill('before the revocation'))
    assert.equal(await third, 'after it')
    assert.equal(sent.length, 3)
  })

  test('an id that many wait for is asked once, and each is answered', async () => {
    const server = serve()
    occupy(server)
    const lookups = numbers(0, 1000).map((number) => server.find(idOf(number % 3)))
    await server.sent[0]?.answer()
    assert.equal(new Set(server.sent[2]?.keys).size, 3)
    await server.sent[2]?.answer()
    assert.deepEqual(
      await Promise.all(lookups),
      numbers(0, 1000).map((number) => `row of ${keyOf(number % 3)}`),
    )
    assert.equal(server.sent.length, 3)
  })

  test('a batch asks for 256 at most, in the order of the lookups', async () => {
    const server = serve({ maxStatements: 1 })
    const { find, sent } = server
    occupy(server, 1)
    for (const number of numbers(0, 600)) void find(idOf(number))
    for (let done = 0; done < sent.length; done += 1) await sent[done]?.answer()
    assert.deepEqual(
      sent.slice(1).map(({ keys }) => keys.length),
      [256, 256, 96],
    )
    assert.deepEqual(
      sent
        .slice(1)
        .flatMap(({ keys }) => keys)
        .slice(0, 600),
      numbers(0, 600).map(keyOf),
    )
  })

  test('arrays have few lengths: they are filled up to a multiple of 16 with an id of theirs', async () => {
    for (const [count, length] of [
      [2, 16],
      [15, 16],
      [16, 16],
      [17, 32],
      [255, 256],
      [256, 256],
    ] as const) {
      const server = serve({ maxStatements: 1 })
      occupy(server, 1)
      for (const number of numbers(0, count)) void server.find(idOf(number))
      await server.sent[0]?.answer()
      const keys = server.sent[1]?.keys ?? []
      assert.equal(keys.length, length)
      assert.deepEqual(new Set(keys), new Set(numbers(0, count).map(keyOf)))
    }
  })
})

describe('failures of a batch', () => {
  /** A batch of ids from 0, of which some make every statement with them fail. */
  async function batchWith(count: number, bad: readonly number[]) {
    const server = serve({ maxStatements: 1 })
    const badKeys = new Set(bad.map(keyOf))
    occupy(server, 1)
    const lookups = numbers(0, count).map((number) => watch(server.find(idOf(number))))
    await server.sent[0]?.answer()
    for (let done = 1; done < server.sent.length; done += 1) {
      const statement = server.sent[done] as Statement
      if (statement.keys.some((key) => badKeys.has(key))) await statement.fail(new DataError())
      else await statement.answer()
    }
    return { lookups, statements: server.sent.length - 1 }
  }

  test('of 256 lookups, the one whose row makes the statement fail fails alone', async () => {
    for (const bad of [0, 100, 255]) {
      const { lookups, statements } = await batchWith(256, [bad])
      for (const [number, { outcome, error }] of lookups.entries()) {
        if (number === bad) assert(error instanceof DataError)
        else assert.equal(outcome, `row of ${keyOf(number)}`)
      }
      assert.equal(statements, 17)
    }
  })

  test('several of them fail, and no other; in the worst case each is asked for by itself', async () => {
    const some = await batchWith(100, [3, 4, 77])
    assert.deepEqual(
      numbers(0, 100).filter((number) => some.lookups[number]?.error !== undefined),
      [3, 4, 77],
    )
    const all = await batchWith(32, numbers(0, 32))
    assert(all.lookups.every(({ error }) => error instanceof DataError))
    assert.equal(all.statements, 63)
  })

  test('a broken connection fails those that were sent over it, and is not tried again', async () => {
    const server = serve()
    occupy(server)
    const first = numbers(0, 20).map((number) => watch(server.find(idOf(number))))
    await server.sent[0]?.answer()
    const second = numbers(20, 40).map((number) => watch(server.find(idOf(number))))
    const broken = new CloakroomError('store_unavailable', 'The connection ended.')
    await server.sent[2]?.fail(broken)
    for (const { error } of first) assert.equal(error, broken)
    await server.sent[3]?.answer()
    for (const [index, { outcome }] of second.entries()) {
      assert.equal(outcome, `row of ${keyOf(20 + index)}`)
    }
    assert.equal(server.sent.length, 4)
  })

  test('a database that hangs fails those that wait within their own time, sent or not', async () => {
    const server = serve({ maxStatements: 1, timeoutMs: 30 })
    const { find, sent } = server
    occupy(server, 1)
    const started = performance.now()
    const queued = [find(idOf(1)), find(idOf(2))]
    for (const lookup of queued) await assert.rejects(lookup, { code: 'store_unavailable' })
    assert(performance.now() - started >= 30)
    assert.equal(sent.length, 1)

    // Those that nobody waits for any more are not asked for.
    const inTime = find(idOf(3))
    await sent[0]?.answer()
    assert.deepEqual(sent[1]?.keys, [keyOf(3)])
    await assert.rejects(inTime, { code: 'store_unavailable' })
    // Its statement was not cancelled; when it returns, its place is free again.
    await sent[1]?.answer()
    void find(idOf(4))
    assert.deepEqual(sent[2]?.keys, [keyOf(4)])
  })

  test('nobody asks by halves for those who have given up', async () => {
    const server = serve({ maxStatements: 1, timeoutMs: 30 })
    occupy(server, 1)
    const lookups = numbers(0, 16).map((number) => server.find(idOf(number)))
    await server.sent[0]?.answer()
    for (const lookup of lookups) await assert.rejects(lookup, { code: 'store_unavailable' })
    await server.sent[1]?.fail(new DataError())
    assert.equal(server.sent.length, 2)
  })
})
