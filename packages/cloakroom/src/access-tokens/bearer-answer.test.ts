import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearerAnswer, bearerToken } from './bearer-answer.ts'

test('RFC 6750 §2.1: the token behind Bearer, in any case; anything else is no token', () => {
  for (const header of ['Bearer a.b.c', 'bearer a.b.c', 'BEARER   a.b.c ']) {
    assert.equal(bearerToken(header), 'a.b.c')
  }
  assert.equal(bearerToken(undefined), undefined)
  for (const header of [
    'Basic abc',
    'Bearer',
    'Bearer a b',
    'Bearer a, Bearer b',
    'x Bearer a.b.c',
  ]) {
    assert.equal(bearerToken(header), header)
  }
})

test('RFC 6750 §3, RFC 9470 §3: the challenge says what is needed, and not why a token is bad', () => {
  const challenge = (reason: never, requirements = {}) => {
    const { status, headers } = bearerAnswer({ status: 'anonymous', reason }, requirements)
    return [status, headers['www-authenticate']]
  }
  assert.deepEqual(challenge('missing' as never), [401, 'Bearer'])
  for (const reason of ['malformed', 'untrusted', 'expired', 'revoked', 'doubtful']) {
    assert.deepEqual(challenge(reason as never), [401, 'Bearer error="invalid_token"'])
  }
  assert.deepEqual(challenge('insufficient_scope' as never, { scopes: ['a', 'b'] }), [
    403,
    'Bearer error="insufficient_scope", scope="a b"',
  ])
  assert.deepEqual(
    challenge('insufficient_user_authentication' as never, { maxAuthenticationAgeSeconds: 60 }),
    [401, 'Bearer error="insufficient_user_authentication", max_age="60"'],
  )
  assert.deepEqual(challenge('insufficient_user_authentication' as never, { methods: ['otp'] }), [
    401,
    'Bearer error="insufficient_user_authentication"',
  ])
})
