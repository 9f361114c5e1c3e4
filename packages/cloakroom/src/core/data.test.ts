import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import * as v from 'valibot'
import { type DataSchema, dataFormat, maxDataBytes } from './data.ts'

const plain = dataFormat<Record<string, unknown>>(undefined)
const refused = { name: 'CloakroomError', code: 'invalid_data' }

describe('session data', () => {
  test('is read as it was written', async () => {
    const values = [
      {},
      { a: 1, b: 'é👩\u0000', c: [1, null, true, { d: 1.5e-7 }], e: { f: { g: '' } } },
      Object.assign(Object.create(null), { a: 1 }),
      runInNewContext('({ a: [1, { b: 2 }] })') as Record<string, unknown>,
    ]
    for (const value of values) {
      const text = await plain.encode(value)
      assert.deepEqual(plain.decode(text), JSON.parse(JSON.stringify(value)))
    }
  })

  test('is a new object each time that it is read', () => {
    for (const text of ['{}', '{"a":1}']) {
      const first = plain.decode(text)
      first.b = 'changed'
      assert.deepEqual(plain.decode(text), JSON.parse(text))
    }
  })

  test('leaves out the properties that are undefined', async () => {
    assert.equal(await plain.encode({ a: undefined, b: { c: undefined } }), '{"b":{}}')
  })

  test('must be an object', async () => {
    for (const value of [null, undefined, 1, 'text', true, [], [{}], () => {}, Symbol('s')]) {
      await assert.rejects(plain.encode(value), refused)
    }
  })

  test('is refused where JSON would silently make something else of it', async () => {
    class Money {
      amount = 1
    }
    const changed: unknown[] = [
      new Date(0),
      new Map([['a', 1]]),
      new Set([1]),
      new Money(),
      /x/,
      new Uint8Array(2),
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      () => {},
      Symbol('s'),
      [undefined],
      // biome-ignore lint/suspicious/noSparseArray: what is tested
      [1, , 2],
      { toJSON: () => 1 },
      new Proxy([], { get: () => () => 1 }),
    ]
    for (const value of changed) {
      await assert.rejects(plain.encode({ nested: { value } }), refused)
    }
    for (const value of [new Date(0), new Map(), { toJSON: () => 'text' }]) {
      await assert.rejects(plain.encode(value), refused)
    }
  })

  test('with a cycle, or nested without end, is refused', async () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = { cycle }
    await assert.rejects(plain.encode(cycle), refused)
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    await assert.rejects(plain.encode({ deep }), refused)
  })

  test('a property named __proto__ is a property like others, and changes no prototype', async () => {
    const text = '{"__proto__":{"admin":true}}'
    assert.equal(await plain.encode(JSON.parse(text)), text)
    const read = plain.decode(text)
    assert.equal(Object.getPrototypeOf(read), Object.prototype)
    assert.equal(read.admin, undefined)
    assert.deepEqual(Object.keys(read), ['__proto__'])
  })

  test('may have as many bytes as the limit, and not one more, however many characters', async () => {
    const frame = '{"t":""}'.length
    for (const character of ['x', 'é', '👩']) {
      const size = Buffer.byteLength(character)
      const fits = character.repeat(Math.floor((maxDataBytes - frame) / size))
      const rest = 'x'.repeat(maxDataBytes - frame - Buffer.byteLength(fits))
      const text = await plain.encode({ t: fits + rest })
      assert.equal(Buffer.byteLength(text), maxDataBytes)
      await assert.rejects(plain.encode({ t: `${fits}${rest}x` }), refused)
    }
  })
})

describe('session data with a schema', () => {
  const schema = v.object({
    theme: v.optional(v.picklist(['dark', 'light']), 'light'),
    visits: v.pipe(v.string(), v.transform(Number), v.number(), v.maxValue(99)),
    address: v.optional(v.object({ city: v.string() })),
  })
  const format = dataFormat<v.InferOutput<typeof schema>>(schema)

  test('is what the schema makes of it', async () => {
    const text = await format.encode({ visits: '7', unknown: true })
    assert.deepEqual(format.decode(text), { theme: 'light', visits: 7 })
  })

  test('is refused with path and reason, and never the value', async () => {
    const value = { visits: '700', address: { city: 4_111_111 }, theme: 'private' }
    await assert.rejects(format.encode(value), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'invalid_data')
      assert.match(error.message, /address\.city/)
      return true
    })
  })

  test('what the schema refuses is neither in the message nor in the cause', async () => {
    // A schema of another library, whose words do not repeat what it was given.
    const silent = schemaOf(() => ({ issues: [{ message: 'is wrong', path: ['a', { key: 0 }] }] }))
    await assert.rejects(dataFormat(silent).encode({ a: ['private'] }), (error: Error) => {
      assert.equal(error.message, 'Session data does not fit its schema: a.0: is wrong')
      assert.equal(error.cause, undefined)
      return true
    })
  })

  test('a schema may take its time', async () => {
    const slow = schemaOf(async (value) => ({ value: { slow: value } }))
    assert.equal(await dataFormat(slow).encode(1), '{"slow":1}')
  })

  test('a schema that makes what is no JSON is refused, instead of a type that would be a lie', async () => {
    const dates = dataFormat(v.object({ at: v.date() }))
    await assert.rejects(dates.encode({ at: new Date(0) }), refused)
  })

  test('a schema that throws is not swallowed', async () => {
    const failure = new RangeError('its own')
    const failing = schemaOf(() => {
      throw failure
    })
    await assert.rejects(dataFormat(failing).encode({}), failure)
  })
})

function schemaOf(validate: DataSchema['~standard']['validate']): DataSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}
