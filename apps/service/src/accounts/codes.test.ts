import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashCode, mintCode } from './codes.ts'

test('a code has 140 random bits in seven groups that can be read aloud', () => {
  const codes = new Set(Array.from({ length: 1000 }, mintCode))
  assert.equal(codes.size, 1000)
  for (const code of codes)
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){6}$/)
})

test('a code may be typed in lower case, without hyphens, and with letters for digits', () => {
  const hash = hashCode('0123-ABCD-1111-0000-EFGH-JKMN-PQRS')
  assert.deepEqual(hashCode(' o123 abcd iIlL oO0o efgh jkmn pqrs\n'), hash)
  assert.notDeepEqual(hashCode('0123-ABCD-1111-0000-EFGH-JKMN-PQRT'), hash)
})
