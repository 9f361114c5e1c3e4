import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { type VerifyAccessTokensOptions, verifyAccessTokens } from 'cloakroom/access-tokens'
import { audience, encode, forger, goodClaims, goodHeader, issuer, nowSeconds } from './forge.ts'

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

describe('an access token', () => {
  it('that is good is accepted: the other tests refuse for their own reason', async () => {
    const claims = goodClaims()
    const result = await verifier().verify(key.sign(header, claims))
    assert.equal(result.status, 'authenticated')
    assert.deepEqual(result.identity, {
      id: claims.sid,
      userId: 'alice',
      expiresAt: new Date(claims.exp * 1000),
      authenticatedAt: new Date((nowSeconds - 60) * 1000),
      methods: ['pwd'],
    })
  })

  it('of algorithm none is refused, in any spelling, with a signature and without', async () => {
    for (const alg of ['none', 'None', 'nOnE', 'NONE', '', undefined, null, 0]) {
      const token = key.sign({ ...header, alg }, goodClaims())
      await refuse(token, 'malformed')
      await refuse(token.replace(/[^.]*$/, ''), 'malformed')
    }
    await refuse(key.sign({ typ: 'at+jwt', kid: 'key-1' }, goodClaims()), 'malformed')
  })

  it('that is an HMAC under the public key is refused: key confusion', async () => {
    const secrets = [
      key.publicKey.export({ format: 'pem', type: 'spki' }),
      key.publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(key.jwk),
    ]
    for (const secret of secrets) {
      for (const alg of ['HS256', 'HS384', 'HS512', 'ES256']) {
        const signed = `${encode({ ...header, alg })}.${encode(goodClaims())}`
        const name = alg === 'ES256' ? 'sha512' : `sha${alg.slice(2)}`
        const mac = createHmac(name, secret).update(signed).digest('base64url')
        const isJudged = alg === 'ES256' && mac.length === 86
        await refuse(`${signed}.${mac}`, isJudged ? 'untrusted' : 'malformed')
      }
    }
  })

  it('of an algorithm that is not pinned is refused: downgrade', async () => {
    for (const alg of ['RS256', 'PS256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'es256']) {
      await refuse(key.sign({ ...header, alg }, goodClaims()), 'malformed')
    }
    const algorithms = ['ES256', 'EdDSA'] as const
    // Both are allowed here, but not with this key.
    await refuse(key.sign({ ...header, alg: 'EdDSA' }, goodClaims()), 'untrusted', { algorithms })
    const edwards = forger('key-1', 'EdDSA')
    const jwks = { keys: [edwards.jwk] }
    await refuse(edwards.sign(header, goodClaims()), 'untrusted', { algorithms, jwks })
    const good = edwards.sign({ ...header, alg: 'EdDSA' }, goodClaims())
    const result = await verifier({ algorithms, jwks }).verify(good)
    assert.equal(result.status, 'authenticated')
    await refuse(good, 'malformed', { jwks })
  })

  it('signed with RSA, of any length of key, is refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' }
    const signed = `${encode({ ...header, alg: 'RS256', kid: 'rsa' })}.${encode(goodClaims())}`
    const signature = createSign('sha256').update(signed).sign(privateKey, 'base64url')
    const jwks = { keys: [key.jwk, jwk] } as never
    await refuse(`${signed}.${signature}`, 'malformed', { jwks })
  })

  it('with an invented key id is refused, and no id is looked up anywhere but in the set', async () => {
    const ids = ['../../etc/passwd', "' or 1=1 --", 'key-3', '__proto__', 'constructor', 'toString']
    for (const kid of ids)
      await refuse(
        key.sign({ ...header, kid }, goodClaims()),
        kid.includes(' ') ? 'malformed' : 'untrusted',
      )
    const malformed = [
      '',
      'key-1\0',
      'ключ',
      'k'.repeat(129),
      'k'.repeat(10_000),
      1,
      null,
      ['key-1'],
    ]
    for (const kid of malformed) {
      await refuse(key.sign({ ...header, kid }, goodClaims()), 'malformed')
    }
    await refuse(key.sign({ alg: 'ES256', typ: 'at+jwt' }, goodClaims()), 'malformed')
  })

  it('signed with another key of the set than it names is refused', async () => {
    await refuse(spare.sign(header, goodClaims()), 'untrusted')
    await refuse(forger('key-1').sign(header, goodClaims()), 'untrusted')
  })

  it('that brings its own key is refused, and nothing is fetched: jwk, jku, x5u, x5c', async () => {
    let requests = 0
    const canary = createServer((_, response) => {
      requests += 1
      response.end(JSON.stringify({ keys: [forged.jwk] }))
    })
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
    const forged = forger('key-1')
    const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/keys`
    try {
      for (const extra of [{ jwk: forged.jwk }, { jku: url }, { x5u: url }, { x5c: ['AA=='] }]) {
        for (const kid of ['key-1', 'key-9']) {
          await refuse(forged.sign({ ...header, kid, ...extra }, goodClaims()), 'malformed')
        }
      }
      assert.equal(requests, 0)
    } finally {
      canary.close()
    }
  })

  it('with a psychic signature is refused: zeros, the order of the curve, DER, other lengths', async () => {
    const order = Buffer.from(
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
      'hex',
    )
    const zero = Buffer.alloc(32)
    const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
    const signed = `${encode(header)}.${encode(goodClaims())}`
    for (const [r, s] of [
      [zero, zero],
      [order, order],
      [zero, one],
      [one, zero],
      [order, one],
      [one, order],
    ] as const) {
      await refuse(`${signed}.${Buffer.concat([r, s]).toString('base64url')}`, 'untrusted')
    }
    const der = createSign('sha256').update(signed).sign(key.privateKey, 'base64url')
    await refuse(`${signed}.${der}`, 'malformed')
    for (const length of [0, 1, 32, 63, 65, 96, 128]) {
      await refuse(`${signed}.${Buffer.alloc(length, 1).toString('base64url')}`, 'malformed')
    }
  })

  it('of which somebody has changed a character is refused', async () => {
    const token = key.sign(header, goodClaims())
    for (let at = 0; at < token.length; at += 7) {
      const other = token[at] === 'A' ? 'B' : 'A'
      const result = await verifier().verify(token.slice(0, at) + other + token.slice(at + 1))
      assert.equal(result.status, 'anonymous', `character ${at}`)
    }
  })

  it('whose signature has a twin keeps its jti and sid: nothing goes by the spelling of a token', async () => {
    // ECDSA: where (r, s) is a signature, (r, n − s) is one too.
    const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const token = key.sign(header, goodClaims())
    const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url')
    const s = n - BigInt(`0x${signature.subarray(32).toString('hex')}`)
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').copy(signature, 32)
    const twin = token.replace(/[^.]*$/, signature.toString('base64url'))
    const [one, other] = [await verifier().verify(token), await verifier().verify(twin)]
    assert.notEqual(token, twin)
    assert.deepEqual(other, one)
  })

  it('of another type is refused: an ID token, a refresh token, a DBSC proof, a plain JWT', async () => {
    const types = [
      'JWT',
      'jwt',
      'id+jwt',
      'refresh+jwt',
      'dbsc+jwt',
      'logout+jwt',
      'AT+JWT',
      'application/at+jwt',
      '',
      null,
    ]
    for (const typ of types) await refuse(key.sign({ ...header, typ }, goodClaims()), 'malformed')
    await refuse(key.sign({ alg: 'ES256', kid: 'key-1' }, goodClaims()), 'malformed')
  })

  it('with crit or b64 in its header is refused', async () => {
    const headers = [
      { crit: [] },
      { crit: ['exp'], exp: 1 },
      { crit: ['b64'], b64: false },
      { b64: false },
      { b64: true },
    ]
    for (const extra of headers)
      await refuse(key.sign({ ...header, ...extra }, goodClaims()), 'malformed')
  })

  it('with a name twice is refused, in the header and in the claims', async () => {
    const twice = (value: object, extra: string) => JSON.stringify(value).replace('{', `{${extra},`)
    for (const extra of ['"alg":"none"', '"alg":"ES256"', '"kid":"key-2"']) {
      await refuse(key.sign(twice(header, extra), goodClaims()), 'malformed')
    }
    for (const extra of ['"sub":"root"', '"sub":"alice"', '"\\u0073ub":"root"', '"exp":1']) {
      await refuse(key.sign(header, twice(goodClaims(), extra)), 'invalid')
    }
  })

  it('in another form is refused: JSON, other counts of parts, blanks, padding, stray bits', async () => {
    const token = key.sign(header, goodClaims())
    const [first = '', second = '', third = ''] = token.split('.')
    const json = JSON.stringify({ payload: second, protected: first, signature: third })
    const stray = third.slice(0, -1) + String.fromCharCode(third.charCodeAt(85) + 1)
    const forms = [
      json,
      first,
      `${first}.${second}`,
      `${token}.`,
      `${token}.x`,
      `${token}.x.y`,
      `.${token}`,
      ` ${token}`,
      `${token}\n`,
      `${token}=`,
      `${token}==`,
      token.replace('.', ' .'),
      `${first}\u200b.${second}.${third}`,
      `${first}.${second}.${stray}`,
      token.replace(/-|_/g, '+'),
    ]
    for (const form of forms.filter((each) => each !== token)) await refuse(form, 'malformed')
    for (const other of [{}, [], 7, Buffer.from(token), true]) await refuse(other, 'malformed')
    for (const nothing of [undefined, '']) await refuse(nothing, 'missing')
  })

  it('of 8192 characters is looked at, a longer one is not; nor is a megabyte', async () => {
    const long = (padding: number) =>
      key.sign(header, { ...goodClaims(), user: { note: 'x'.repeat(padding) } })
    const fits = Math.floor(((8192 - long(0).length) * 3) / 4)
    assert.equal((await verifier().verify(long(fits - 2))).status, 'authenticated')
    await refuse(long(fits + 4), 'malformed')
    await refuse(long(1_000_000), 'malformed')
    await refuse('A'.repeat(50_000_000), 'malformed')
  })

  it('with deeply nested claims is judged like any other', async () => {
    const deep = (depth: number) =>
      JSON.stringify(goodClaims()).replace('{', `{"x":${'['.repeat(depth)}${']'.repeat(depth)},`)
    const result = await verifier().verify(key.sign(header, deep(2500)))
    assert.equal(result.status, 'authenticated')
    await refuse(key.sign(header, deep(100_000)), 'malformed')
  })

  it('that is encrypted is refused before any work on keys: p2c and zip bombs', async () => {
    const head = encode({
      alg: 'PBES2-HS256+A128KW',
      enc: 'A128GCM',
      p2c: 2 ** 31,
      p2s: 'AAAA',
      zip: 'DEF',
    })
    await refuse(`${head}.AAAA.AAAA.AAAA.AAAA`, 'malformed')
    await refuse(key.sign({ ...header, zip: 'DEF' }, goodClaims()), 'malformed')
  })

  it('signed with the key of one issuer speaks for no other', async () => {
    const other = forger('key-1')
    const token = other.sign(header, goodClaims())
    const result = await verifier({
      jwks: { keys: [other.jwk] },
      issuer: 'https://other.example',
    }).verify(token)
    assert.deepEqual(result, { status: 'anonymous', reason: 'misdirected' })
    await refuse(token, 'untrusted')
  })
})
