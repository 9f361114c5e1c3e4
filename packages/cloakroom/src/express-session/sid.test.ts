import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isUuidV7, parseId } from '../core/session-id.ts'
import { integerBelow, seededRandom } from '../testing/random.ts'
import { keysOf, sessionIdOf } from './sid.ts'

describe('what is stored of a sid', () => {
  test('the id is a UUIDv8 (RFC 9562 §5.8) that auth.revoke takes, and never a token’s', (t) => {
    const random = seededRandom(t)
    for (let round = 0; round < 1000; round += 1) {
      const sid = String(integerBelow(random, 2 ** 48))
      const id = sessionIdOf(sid)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.deepEqual(parseId(id), keysOf(sid).id)
      assert.equal(isUuidV7(keysOf(sid).id), false)
    }
  })

  test('both are SHA-256 of a label, NUL and the sid, as another program has them', () => {
    const { id, hash } = keysOf('abc')
    assert.equal(Buffer.from(id).toString('hex'), 'b3f411a00fa287e98deb3ea2330a6af7')
    assert.equal(
      Buffer.from(hash).toString('hex'),
      '14447b1f01437bcb05f51eb1d8590ba33a5a6fec29bd432cd83c1cb9acc7971f',
    )
  })

  test('another sid has another id and another hash, whatever they begin with', () => {
    const sids = ['', 'a', 'a\0', '\0a', 'secret\0a', 'é', 'e\u0301']
    const all = sids.flatMap((sid) => Object.values(keysOf(sid)))
    assert.equal(new Set(all.map((bytes) => Buffer.from(bytes).toString('hex'))).size, all.length)
  })
})
