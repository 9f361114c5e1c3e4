import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { integerBelow, pick, seededRandom } from '../testing/random.ts'
import { bucketOf, timeOf } from './session-id.ts'
import {
  defaultTokenPrefix,
  formatToken,
  hashFamily,
  hashSecret,
  mintToken,
  nextGeneration,
  parseToken,
  sameHash,
} from './token.ts'

const prefix = defaultTokenPrefix
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

// Computed by another program (Python's base64, zlib and hashlib).
const known = {
  text: 'cloak_AYkKXayWd0u8zrMCCZqAVwABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f01d3Ho',
  id: '01890a5dac96774bbcceb302099a8057',
  secret: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  secretHash: '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd',
  familyHash: 'be45cb2605bf36bebde684841a28f0fd43c69850a3dce5fedba69928ee3a8991',
}

describe('token', () => {
  test('the format is pinned: a known token of another program', () => {
    const token = parseToken(prefix, known.text)
    assert(token)
    assert.equal(hex(token.id), known.id)
    assert.equal(hex(token.secret), known.secret)
    assert.equal(formatToken(prefix, token), known.text)
    assert.equal(hex(hashSecret(token.secret)), known.secretHash)
    assert.equal(hex(hashFamily(token.secret)), known.familyHash)
  })

  test('a minted token is read back as it was, whatever the prefix', () => {
    for (const each of ['', 'cloak_', 'acme', 'x'.repeat(20)]) {
      const token = mintToken('alice', 1_700_000_000_000)
      const text = formatToken(each, token)
      assert.match(text.slice(each.length), /^[\w-]{64}[0-9A-Za-z]{6}$/)
      const parsed = parseToken(each, text)
      assert(parsed)
      assert.equal(hex(parsed.id), hex(token.id))
      assert.equal(hex(parsed.secret), hex(token.secret))
    }
  })

  test('the id of a token holds its time and the bucket of its user', () => {
    const { id } = mintToken('alice', 1_700_000_000_123)
    assert.equal(timeOf(id), 1_700_000_000_123)
    assert.equal(Buffer.from(id).readUInt16BE(6), 0x7000 | bucketOf('alice'))
  })

  test('no two tokens are alike', () => {
    const texts = Array.from({ length: 10_000 }, () => hex(mintToken(null, 0).secret))
    assert.equal(new Set(texts).size, texts.length)
  })

  test('the next generation keeps the id and the family half, and nothing else', () => {
    const token = mintToken('alice', 0)
    const next = nextGeneration(token)
    assert.equal(hex(next.id), hex(token.id))
    assert.equal(next.secret.byteLength, 32)
    assert.equal(hex(hashFamily(next.secret)), hex(hashFamily(token.secret)))
    assert.notEqual(hex(next.secret.subarray(16)), hex(token.secret.subarray(16)))
  })

  test('every single character of a token that is changed, is refused', () => {
    const { text } = known
    const alphabet = `${base62}-_.~+/= \n\0é`
    for (let index = 0; index < text.length; index += 1) {
      for (const character of alphabet) {
        if (character === text[index]) continue
        const changed = text.slice(0, index) + character + text.slice(index + 1)
        assert.equal(parseToken(prefix, changed), undefined, `${index}: ${character}`)
      }
    }
  })

  test('every character that is left out, repeated or swapped with the next, is refused', () => {
    const { text } = known
    for (let index = 0; index < text.length; index += 1) {
      const [before, after] = [text.slice(0, index), text.slice(index + 1)]
      const swapped = before + (text[index + 1] ?? '') + text[index] + text.slice(index + 2)
      const variants = [before + after, before + text[index] + text[index] + after]
      if (swapped !== text) variants.push(swapped)
      for (const variant of variants) assert.equal(parseToken(prefix, variant), undefined, variant)
    }
  })

  test('other spellings of the same bytes are refused, checksum or not', () => {
    const bytes = Buffer.from(known.id + known.secret, 'hex')
    const body = bytes.toString('base64url')
    const spellings = [
      bytes.toString('base64').replace(/^./, '+'),
      bytes.toString('hex'),
      `${body}=`,
      `${body}==`,
      ` ${body}`,
      `${body}\n`,
      body.replace('0', '%30'),
    ]
    for (const spelling of spellings) {
      const unchecked = prefix + spelling
      assert.equal(parseToken(prefix, unchecked + known.text.slice(-6)), undefined, spelling)
      assert.equal(parseToken(prefix, withChecksum(unchecked)), undefined, spelling)
    }
  })

  test('standard base64 instead of base64url is refused, with the right checksum too', () => {
    const bytes = Buffer.from(known.id + 'ff'.repeat(32), 'hex')
    const [standard, url] = [bytes.toString('base64'), bytes.toString('base64url')]
    assert.notEqual(standard, url)
    assert.notEqual(parseToken(prefix, withChecksum(prefix + url)), undefined)
    assert.equal(parseToken(prefix, withChecksum(prefix + standard)), undefined)
  })

  test('other prefixes are refused, with the right checksum too', () => {
    const body = known.text.slice(prefix.length, -6)
    for (const other of ['', 'Cloak_', 'CLOAK_', 'cloak-', 'cloak', 'xloak_', ' cloak_']) {
      assert.equal(parseToken(prefix, withChecksum(other + body)), undefined, other)
    }
  })

  test('an id of another version or variant is refused, with the right checksum too', () => {
    for (const [index, byte] of [
      [6, 0x47],
      [6, 0x17],
      [6, 0xf7],
      [8, 0x3c],
      [8, 0x7c],
      [8, 0xfc],
    ] as const) {
      const bytes = Buffer.from(known.id + known.secret, 'hex')
      bytes[index] = byte
      const text = withChecksum(prefix + bytes.toString('base64url'))
      assert.equal(parseToken(prefix, text), undefined, `byte ${index}: ${byte}`)
    }
  })

  test('a wrong checksum is refused', () => {
    const text = known.text.slice(0, -6)
    for (const checksum of ['000000', 'zzzzzz', '      ', '01d3HO', '01d3hp']) {
      assert.equal(parseToken(prefix, text + checksum), undefined, checksum)
    }
    assert.equal(withChecksum(text), known.text)
  })

  test('100,000 mutations of tokens: none is accepted, and none throws', (t) => {
    const random = seededRandom(t)
    const tokens = Array.from({ length: 100 }, () => formatToken(prefix, mintToken('alice', 1e12)))
    for (let count = 0; count < 100_000; count += 1) {
      const original = pick(random, tokens)
      let text = original
      for (let edits = 1 + integerBelow(random, 4); edits > 0; edits -= 1) {
        const at = integerBelow(random, text.length + 1)
        const inserted = pick(random, [
          () => '',
          () => pick(random, [...base62, '-', '_', '=', '.', ' ', '\0', ';', '"']),
          () => String.fromCharCode(integerBelow(random, 0x1_0000)),
          () => pick(random, tokens).slice(at, at + integerBelow(random, 30)),
        ])()
        text = text.slice(0, at) + inserted + text.slice(at + integerBelow(random, 3))
      }
      if (!tokens.includes(text)) assert.equal(parseToken(prefix, text), undefined, text)
    }
  })

  test('hashes are compared by their bytes, and those of another length are never the same', () => {
    const hash = hashSecret(Buffer.alloc(32))
    assert.equal(sameHash(hash, Uint8Array.from(hash)), true)
    assert.equal(sameHash(hash, hashSecret(Buffer.alloc(32, 1))), false)
    assert.equal(sameHash(hash, hash.subarray(0, 31)), false)
    assert.equal(sameHash(hash, new Uint8Array()), false)
  })
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function withChecksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let place = 0; place < 6; place += 1) {
    digits = base62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return text + digits
}
