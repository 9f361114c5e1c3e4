import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bucketOf, formatId, isUuidV7, mintId, parseId, timeOf } from './session-id.ts'

describe('session id', () => {
  test('an id is a UUIDv7 (RFC 9562) that holds its time to the millisecond', () => {
    for (const time of [0, 1, 1_700_000_000_123, 2 ** 48 - 1]) {
      const id = mintId('alice', time)
      assert.equal(id.byteLength, 16)
      assert(isUuidV7(id))
      assert.equal(timeOf(id), time)
      assert.match(formatId(id), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)
    }
  })

  test('an id of RFC 9562, appendix A.6, is read as the RFC says', () => {
    const id = parseId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
    assert(id)
    assert.equal(timeOf(id), Date.parse('2022-02-22T19:22:22Z'))
    assert.equal(formatId(id), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
  })

  test('later ids come after earlier ones, as bytes and as text', () => {
    const ids = [5, 1, 3, 2 ** 40, 256].map((time) => mintId(null, time))
    const byTime = ids.toSorted((a, b) => timeOf(a) - timeOf(b)).map(formatId)
    assert.deepEqual(ids.toSorted(Buffer.compare).map(formatId), byTime)
    assert.deepEqual(ids.map(formatId).sort(), byTime)
  })

  test('the bucket is the first 12 bits of SHA-256 of the user id, as another program has it', () => {
    assert.equal(bucketOf('12'), 0x6b5)
    assert.equal(bucketOf(12), bucketOf('12'))
    assert.equal(bucketOf('alice'), 0x2bd)
    assert.equal(mintId('alice', 0).readUInt16BE(6) & 0xfff, bucketOf('alice'))
  })

  test('what follows the bucket is random, and all of it is where there is no user', () => {
    const ids = Array.from({ length: 1000 }, () => mintId('alice', 0))
    assert.equal(new Set(ids.map(formatId)).size, ids.length)
    const buckets = Array.from({ length: 1000 }, () => mintId(null, 0).readUInt16BE(6))
    assert(new Set(buckets).size > 500)
  })

  test('an id has one spelling; all others are none', () => {
    const text = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    const others: unknown[] = [
      text.toUpperCase(),
      text.replaceAll('-', ''),
      `{${text}}`,
      `urn:uuid:${text}`,
      ` ${text}`,
      `${text}\n`,
      text.slice(1),
      `${text}0`,
      text.replace('7cc3', '4cc3'),
      text.replace('98c4', 'c8c4'),
      text.replace('f', 'g'),
      '',
      undefined,
      null,
      7,
      [text],
    ]
    for (const other of others) assert.equal(parseId(other), undefined, String(other))
    assert.notEqual(parseId(text.replace('7cc3', '8cc3')), undefined)
  })

  test('an id that is part of a larger buffer is formatted by its own bytes', () => {
    const larger = Buffer.concat([
      Buffer.alloc(5, 0xff),
      mintId('alice', 7),
      Buffer.alloc(32, 0xee),
    ])
    const part = larger.subarray(5, 21)
    assert.equal(formatId(part), formatId(Uint8Array.from(part)))
  })
})
