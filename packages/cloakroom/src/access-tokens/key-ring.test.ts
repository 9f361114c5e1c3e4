import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { integerBelow, pick, seededRandom } from '../testing/random.ts'
import {
  advance,
  hasten,
  isDue,
  type KeyRing,
  type NewKey,
  signerAt,
  withdraw,
} from './key-ring.ts'

const schedule = { rotationMs: 100_000, publishMs: 7000, retireMs: 5000 }

let made = 0
function newKey(): NewKey {
  made += 1
  return { id: `key-${made}`, sealed: '' }
}

const step = (ring: KeyRing, now: number): KeyRing =>
  isDue(ring, now, schedule)
    ? advance(ring, { now, schedule, newKeys: [newKey(), newKey()] })
    : ring

describe('the ring of keys', () => {
  it('begins with a key that signs, and a standby', () => {
    const ring = step([], 1000)
    assert.deepEqual(
      ring.map(({ signsFrom }) => signsFrom),
      [1000, 101_000],
    )
    assert.equal(signerAt(ring, 1000), ring[0])
    assert.equal(step(ring, 100_999), ring, 'there is nothing to do until the standby signs')
  })

  it('publishes the next standby when the standby begins to sign, and retires the old key', () => {
    const first = step([], 0)
    const second = step(first, 100_000)
    assert.equal(second.length, 3)
    assert.equal(signerAt(second, 100_000)?.id, first[1]?.id)
    assert.equal(second[2]?.signsFrom, 200_000)
    assert.equal(step(second, 104_999).length, 3, 'tokens of the old key may be live')
    assert.deepEqual(step(second, 105_000), second.slice(1))
  })

  it('lets no new key sign before it was published for long enough, however late it is made', () => {
    const ring = step(step([], 0), 250_000)
    assert.equal(ring.at(-1)?.signsFrom, 257_000)
  })

  it('hastened, lets the standby sign as soon as every verifier has it, and no sooner', () => {
    const ring = step([], 0)
    assert.equal(hasten(ring, 1000, schedule)[1]?.signsFrom, 7000)
    assert.equal(hasten(ring, 50_000, schedule)[1]?.signsFrom, 50_000)
    assert.equal(hasten(ring, 99_999, schedule)[0], ring[0])
  })

  it('without the key that signs goes on with the standby, at once', () => {
    const ring = step(step([], 0), 100_000)
    const [old, signing, standby] = ring
    const left = withdraw(ring, signing?.id ?? '', 101_000)
    assert.deepEqual(
      left.map(({ id }) => id),
      [old?.id, standby?.id],
    )
    assert.equal(signerAt(left, 101_000)?.id, standby?.id, 'and not with the one before')
  })

  it('without its standby, or its old key, goes on signing', () => {
    const ring = step(step([], 0), 100_000)
    for (const id of [ring[0]?.id, ring[2]?.id]) {
      const left = step(withdraw(ring, id ?? '', 101_000), 101_000)
      assert.equal(signerAt(left, 101_000)?.id, ring[1]?.id)
      assert.ok((left.at(-1)?.signsFrom ?? 0) > 101_000, 'there is a standby again')
    }
  })

  it('without its last key begins anew; of a key that it has not it does nothing', () => {
    const [only] = step([], 0)
    assert.ok(only)
    assert.deepEqual(withdraw([only], only.id, 10), [])
    assert.equal(signerAt(step([], 10), 10)?.signsFrom, 10)
    assert.deepEqual(withdraw([only], 'another', 10), [only])
  })

  it('always has a key that signs and a standby, in order, whatever is done to it', (t) => {
    const random = seededRandom(t)
    let ring: KeyRing = []
    let now = 0
    for (let round = 0; round < 2000; round += 1) {
      now += integerBelow(random, pick(random, [10, 10_000, 200_000]))
      ring = step(ring, now)
      const before = signerAt(ring, now)
      assert.ok(before)
      assert.ok((ring.at(-1)?.signsFrom ?? 0) > now)
      assert.deepEqual(
        ring,
        ring.toSorted((a, b) => a.signsFrom - b.signsFrom),
      )
      assert.ok(ring.length <= 6)
      const id = pick(random, ring).id
      const action = integerBelow(random, 3)
      if (action === 0) ring = hasten(ring, now, schedule)
      if (action === 1) {
        ring = withdraw(ring, id, now)
        assert.ok(!ring.some((key) => key.id === id))
      }
    }
  })
})
