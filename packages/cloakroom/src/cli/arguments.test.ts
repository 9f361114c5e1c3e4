import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toSessionId, toUserId } from './arguments.ts'

describe('toUserId', () => {
  it('is of the type that the users have', () => {
    assert.equal(toUserId('integer', '42'), 42)
    assert.equal(toUserId('integer', '-42'), -42)
    assert.equal(toUserId('bigint', '9223372036854775807'), '9223372036854775807')
    assert.equal(toUserId('text', '42'), '42')
    const uuid = '01234567-89ab-7def-8123-456789abcdef'
    assert.equal(toUserId('uuid', uuid), uuid)
  })

  it('refuses what a lax database would take for somebody else’s', () => {
    for (const [type, text] of [
      ['integer', ''],
      ['integer', ' 42'],
      ['integer', '0x2a'],
      ['integer', '4e1'],
      ['integer', '42.0'],
      ['integer', '9007199254740993'],
      ['integer', '-0'],
      ['bigint', '042'],
      ['bigint', '9223372036854775808'],
      ['uuid', '01234567-89AB-7DEF-8123-456789ABCDEF'],
      ['text', ''],
    ] as const) {
      assert.throws(() => toUserId(type, text), { code: 'invalid_user_id' }, `${type} ${text}`)
    }
  })
})

describe('toSessionId', () => {
  it('refuses a token that was pasted by mistake, and does not repeat it', () => {
    const token = `cloak_${'A'.repeat(70)}`
    assert.throws(
      () => toSessionId(token),
      ({ code, message }) => code === 'usage' && !message.includes('AAA'),
    )
  })
})
