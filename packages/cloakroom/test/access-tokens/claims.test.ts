import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type VerifyAccessTokensOptions, verifyAccessTokens } from 'cloakroom/access-tokens'
import { audience, forger, goodClaims, goodHeader, issuer, nowSeconds } from './forge.ts'

const key = forger('key-1')
const spare = forger('key-2')
const header = goodHeader('key-1')

const verifier = (options: Partial<VerifyAccessTokensOptions<'text'>> = {}) =>
  verifyAccessTokens({
    issuer,
    audience,
    jwks: { keys: [key.jwk, spare.jwk] },
    clock: () => nowSeconds * 1000,
    ...options,
  })

async function refuse(token: unknown, reason: string, options = {}): Promise<void> {
  const result = await verifier(options).verify(token as string)
  assert.deepEqual(result, { status: 'anonymous', reason })
}

const refuseClaims = (claims: object, reason: string) =>
  refuse(key.sign(header, { ...goodClaims(), ...claims }), reason)

describe('the claims of an access token', () => {
  it('without one of its claims is refused', async () => {
    for (const name of ['sub', 'client_id', 'iat', 'exp', 'jti', 'sid', 'amr']) {
      await refuseClaims({ [name]: undefined }, 'invalid')
      await refuseClaims({ [name]: null }, 'invalid')
    }
    for (const name of ['iss', 'aud']) await refuseClaims({ [name]: undefined }, 'misdirected')
  })

  it('with a claim of another type than its own is refused', async () => {
    const wrong = {
      sub: 1,
      client_id: [],
      jti: {},
      sid: 'not-a-uuid',
      amr: 'pwd',
      scope: ['a'],
      act: 'bob',
      auth_time: '1',
      user: [],
    }
    for (const [name, value] of Object.entries(wrong))
      await refuseClaims({ [name]: value }, 'invalid')
  })

  it('of another issuer, or for another audience, is refused', async () => {
    for (const iss of ['https://evil.example', `${issuer}/`, 'https://AUTH.example', [issuer]]) {
      await refuseClaims({ iss }, 'misdirected')
    }
    for (const aud of ['https://billing.example', [audience], [audience, 'x'], '']) {
      await refuseClaims({ aud }, 'misdirected')
    }
  })

  it('lives from iat to exp, give or take the tolerance', async () => {
    const accepted = [
      { iat: nowSeconds - 304, exp: nowSeconds - 4 },
      { iat: nowSeconds + 5, exp: nowSeconds + 300 },
    ]
    for (const times of accepted) {
      const result = await verifier().verify(key.sign(header, { ...goodClaims(), ...times }))
      assert.equal(result.status, 'authenticated')
    }
    await refuseClaims({ iat: nowSeconds - 305, exp: nowSeconds - 5 }, 'expired')
    await refuseClaims({ iat: nowSeconds + 6, exp: nowSeconds + 300 }, 'invalid')
    await refuseClaims({ nbf: nowSeconds + 6 }, 'invalid')
    await refuseClaims({ nbf: `${nowSeconds}` }, 'invalid')
  })

  it('that plays with times is refused: too long a life, strings, fractions, 1e999', async () => {
    await refuseClaims({ exp: nowSeconds - 10 + 301 }, 'invalid')
    await refuseClaims({ exp: nowSeconds + 86_400 * 365 }, 'invalid')
    await refuseClaims({ iat: nowSeconds, exp: nowSeconds }, 'invalid')
    await refuseClaims({ exp: nowSeconds + 20.5 }, 'invalid')
    await refuseClaims({ exp: `${nowSeconds + 20}` }, 'invalid')
    await refuseClaims({ iat: -1, exp: 200 }, 'invalid')
    for (const exp of ['1e999', '-1e999', '9007199254740993']) {
      const text = JSON.stringify(goodClaims()).replace(/"exp":\d+/, `"exp":${exp}`)
      await refuse(key.sign(header, text), 'invalid')
    }
  })

  it('with __proto__ or constructor in its claims pollutes nothing', async () => {
    const polluted = JSON.stringify(goodClaims()).replace(
      '{',
      '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},',
    )
    const result = await verifier().verify(key.sign(header, polluted))
    assert.equal(({} as { admin?: boolean }).admin, undefined)
    assert.equal(result.status, 'authenticated')
    assert.equal((result.claims as { admin?: boolean }).admin, undefined)
    assert.equal('admin' in result.identity, false)
    const inherited = JSON.stringify({ ...goodClaims(), sub: undefined }).replace(
      '{',
      '{"__proto__":{"sub":"root"},',
    )
    await refuse(key.sign(header, inherited), 'invalid')
  })

  it('whose payload is no object, or no text, is refused', async () => {
    const payloads = [
      '[]',
      '"alice"',
      'null',
      '1',
      'true',
      '',
      ' {}',
      '{}\n',
      '\ufeff{}',
      '{"sub":',
      new Uint8Array([0x7b, 0xff, 0x7d]),
    ]
    for (const payload of payloads) {
      await refuse(key.sign(header, payload), payload === '' ? 'malformed' : 'invalid')
    }
  })

  it('for a user whose id is not of the type is refused, whatever its spelling', async () => {
    const verify = (userIdType: 'integer' | 'bigint' | 'uuid', sub: string) =>
      verifyAccessTokens({
        issuer,
        audience,
        jwks: { keys: [key.jwk] },
        clock: () => nowSeconds * 1000,
        userIdType,
      }).verify(key.sign(header, { ...goodClaims(), sub }))
    for (const sub of ['alice', '012', '1e3', ' 1', '1.0', '-0', '9007199254740993', '0x10']) {
      assert.equal((await verify('integer', sub)).status, 'anonymous', sub)
    }
    for (const sub of ['012', '9223372036854775808', '1n'])
      assert.equal((await verify('bigint', sub)).status, 'anonymous')
    assert.equal((await verify('uuid', 'ALICE')).status, 'anonymous')
    const integer = await verify('integer', '42')
    assert.equal(integer.status === 'authenticated' && integer.identity.userId, 42)
    const bigint = await verify('bigint', '9223372036854775807')
    assert.equal(bigint.status === 'authenticated' && bigint.identity.userId, '9223372036854775807')
  })
})

describe('what a route requires of a token', () => {
  it('are its scopes, the age of the log-in and the methods', async () => {
    const claims = { ...goodClaims(), scope: 'orders:read orders:write', amr: ['pwd', 'otp'] }
    const verify = (requirements: object, changed: object = {}) =>
      verifier().verify(key.sign(header, { ...claims, ...changed }), requirements)
    const met = [
      {},
      { scopes: [] },
      { scopes: ['orders:write', 'orders:read'] },
      { methods: ['otp'] },
      { maxAuthenticationAgeSeconds: 61 },
    ]
    for (const each of met) assert.equal((await verify(each)).status, 'authenticated')
    const scope = { status: 'refused', reason: 'insufficient_scope' }
    for (const scopes of [
      ['orders'],
      ['orders:read', 'admin'],
      ['orders:read orders:write'],
      [''],
    ]) {
      assert.deepEqual(await verify({ scopes }), scope)
    }
    assert.deepEqual(await verify({ scopes: ['orders:read'] }, { scope: undefined }), scope)
    const stepUp = { status: 'refused', reason: 'insufficient_user_authentication' }
    assert.deepEqual(await verify({ methods: ['hwk'] }), stepUp)
    assert.deepEqual(await verify({ maxAuthenticationAgeSeconds: 60 }), stepUp)
  })

  it('is never met by an impersonated session where the log-in must be recent', async () => {
    const claims = { ...goodClaims(), auth_time: undefined, act: { sub: 'root' } }
    const result = await verifier().verify(key.sign(header, claims), {
      maxAuthenticationAgeSeconds: 86_400,
    })
    assert.deepEqual(result, { status: 'refused', reason: 'insufficient_user_authentication' })
    const plain = await verifier().verify(key.sign(header, claims))
    assert.equal(plain.status === 'authenticated' && plain.identity.authenticatedAt, null)
  })
})
