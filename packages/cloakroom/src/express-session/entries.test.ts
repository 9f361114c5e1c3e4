import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { integerBelow, pick, type Random, seededRandom } from '../testing/random.ts'
import { changesBetween, type Entries, entriesOf, toText, withChanges } from './entries.ts'

function parsed(entries: Entries): unknown {
  return JSON.parse(toText(entries))
}

function randomEntries(random: Random, keys: readonly string[]): Entries {
  const session: Record<string, number> = {}
  for (const key of keys) if (random() < 0.5) session[key] = integerBelow(random, 3)
  return entriesOf(session)
}

describe('entries of a session object', () => {
  test('the text is what JSON makes of the object, odd names and values included', () => {
    const cookie = { originalMaxAge: null, path: '/' }
    const session = {
      cookie,
      'a "key"': '\u2028é"\\',
      ['__proto__']: { polluted: true },
      at: new Date(0),
      missing: undefined,
      verb: () => 1,
      nothing: Number.NaN,
    }
    const expected = `{"cookie":{"originalMaxAge":null,"path":"/"},"a \\"key\\"":"\u2028é\\"\\\\","__proto__":{"polluted":true},"at":"1970-01-01T00:00:00.000Z","nothing":null}`
    assert.equal(toText(entriesOf(session)), expected)
    assert.equal(toText(entriesOf(JSON.parse(expected))), expected)
  })

  test('the end of a sliding cookie is no part of it, nor is the order of its attributes', () => {
    const one = { originalMaxAge: 1000, expires: new Date(1), path: '/', httpOnly: true }
    const two = { httpOnly: true, path: '/', expires: new Date(2), originalMaxAge: 1000 }
    assert.equal(changesBetween(entriesOf({ cookie: one }), entriesOf({ cookie: two })).size, 0)
    const late = { ...two, originalMaxAge: 999 }
    assert.equal(changesBetween(entriesOf({ cookie: one }), entriesOf({ cookie: late })).size, 0)
    const fixed = { originalMaxAge: null, expires: new Date(1) }
    const moved = { originalMaxAge: null, expires: new Date(2) }
    assert.equal(changesBetween(entriesOf({ cookie: fixed }), entriesOf({ cookie: moved })).size, 1)
  })

  test('changes lead from one to the other, and none from one to itself', (t) => {
    const random = seededRandom(t)
    const keys = ['a', 'b', 'c', 'd']
    for (let round = 0; round < 500; round += 1) {
      const [before, after] = [randomEntries(random, keys), randomEntries(random, keys)]
      assert.deepEqual(parsed(withChanges(before, changesBetween(before, after))), parsed(after))
      assert.equal(changesBetween(before, before).size, 0)
    }
  })

  test('changes of different properties by two requests are both there, whoever came first', (t) => {
    const random = seededRandom(t)
    for (let round = 0; round < 500; round += 1) {
      const base = randomEntries(random, ['a', 'b', 'c', 'd'])
      const mine = new Map(base)
      const theirs = new Map(base)
      mine.set(pick(random, ['a', 'b']), '7')
      mine.delete(pick(random, ['a', 'b']))
      theirs.set(pick(random, ['c', 'd']), '8')
      theirs.delete(pick(random, ['c', 'd']))
      const [changes, others] = [changesBetween(base, mine), changesBetween(base, theirs)]
      const one = withChanges(withChanges(base, changes), others)
      const two = withChanges(withChanges(base, others), changes)
      assert.deepEqual(parsed(one), parsed(two))
      for (const [key, text] of changes) assert.equal(one.get(key), text)
      for (const [key, text] of others) assert.equal(one.get(key), text)
    }
  })

  test('16 KiB of JSON fit, in bytes, and not one more', () => {
    const room = 16_384 - Buffer.byteLength('{"cookie":{},"x":""}')
    assert.equal(Buffer.byteLength(toText(entriesOf({ x: 'x'.repeat(room) }))), 16_384)
    const code = 'invalid_data'
    assert.throws(() => toText(entriesOf({ x: 'x'.repeat(room + 1) })), { code })
    assert.throws(() => toText(entriesOf({ x: 'é'.repeat(room / 2 + 1) })), { code })
  })
})
