import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client, Pool } from 'pg'
import openPostgresJs from 'postgres'
import { type PostgresOptions, postgres } from './index.ts'
import { parseValue, toText } from './values.ts'

describe('the options of postgres()', () => {
  const wrong: Record<string, unknown> = {
    'no pool': undefined,
    null: null,
    'a URL': 'postgres://localhost/app',
    'a client of pg': new Client(),
    'what is like neither': { query: () => undefined, connect: () => undefined },
    'a function': () => undefined,
  }
  for (const [what, pool] of Object.entries(wrong)) {
    test(`a pool that is ${what} is a TypeError`, () => {
      assert.throws(() => postgres(pool as never), { name: 'TypeError', message: /takes a Pool/ })
    })
  }

  test('a transaction of postgres.js is no pool: nothing could be committed', async () => {
    const sql = openPostgresJs()
    const inside = Object.assign((): void => undefined, { unsafe: sql.unsafe, typed: sql.typed })
    assert.throws(() => postgres(inside as never), TypeError)
    await sql.end()
  })

  const refused: readonly PostgresOptions[] = [
    { prefix: '' },
    { prefix: 'Capital_' },
    { prefix: 'a b' },
    { prefix: 'x'.repeat(31) },
    { schema: '' },
    { schema: 'x'.repeat(64) },
    { schema: 'a\0b' },
    { timeoutSeconds: 0 },
    { timeoutSeconds: 61 },
    { timeoutSeconds: Number.NaN },
    { lookupStatements: 0 },
    { lookupStatements: 1.5 },
    { lookupStatements: 1001 },
    { lookupStatements: Number.NaN },
    { feed: { heartbeatSeconds: 0 } },
    { feed: { heartbeatSeconds: 31 } },
    { feed: { heartbeatSeconds: Number.NaN } },
  ]
  for (const options of refused) {
    test(`${JSON.stringify(options)} is a TypeError`, () => {
      assert.throws(() => postgres(new Pool(), options), TypeError)
    })
  }

  test('a feed takes a pool that can make one more connection, and says so otherwise', async () => {
    const pool = Object.assign(new Pool(), { Client: undefined }) as never
    assert.throws(() => postgres(pool, { feed: true }), { name: 'TypeError', message: /Client/ })
    const sql = openPostgresJs()
    const deaf = Object.assign((): void => undefined, { ...sql, listen: undefined })
    assert.throws(() => postgres(deaf as never, { feed: true }), TypeError)
    await sql.end()
  })

  test('what is in their ranges is taken', () => {
    for (const options of [
      { prefix: 'a', schema: 'Ours "too"', timeoutSeconds: 0.1 },
      { lookupStatements: Infinity, timeoutSeconds: 60, preparedStatements: false },
      { feed: { heartbeatSeconds: 0.05 } },
      { feed: false },
    ]) {
      assert.equal(typeof postgres(new Pool(), options).open, 'function')
    }
  })
})

describe('values on their way to PostgreSQL and back', () => {
  test('bytes come back the same, whichever way the server writes them', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    assert.deepEqual(parseValue(17, toText(bytes) ?? ''), bytes)
    const escaped = [...bytes].map((byte) => {
      if (byte === 0x5c) return '\\\\'
      if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte)
      return `\\${byte.toString(8).padStart(3, '0')}`
    })
    assert.deepEqual(parseValue(17, escaped.join('')), bytes)
  })

  test('a view of bytes is those bytes, and not the buffer that they are part of', () => {
    const whole = Uint8Array.from([1, 2, 3, 4])
    assert.equal(toText(whole.subarray(1, 3)), '\\x0203')
  })

  test('a 64-bit integer beyond 2^53 is no safe integer, and so no id of anybody', () => {
    assert.equal(Number.isSafeInteger(parseValue(20, '9007199254740993')), false)
    assert.equal(parseValue(20, '9007199254740991'), Number.MAX_SAFE_INTEGER)
  })
})
