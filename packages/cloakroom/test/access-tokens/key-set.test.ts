import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { type VerifyAccessTokensOptions, verifyAccessTokens } from 'cloakroom/access-tokens'
import { type TestClock, testClock } from 'cloakroom/testing'
import { readKeySet } from '../../src/access-tokens/key-set.ts'
import { serve } from './fixture.ts'
import { audience, forger, goodClaims, goodHeader, issuer, nowSeconds } from './forge.ts'

const key = forger('key-1')
const next = forger('key-2')
const good = JSON.stringify({ keys: [key.jwk] })

interface Published {
  readonly url: string
  requests: number
  answer: RequestListener
}

async function publish(t: TestContext, answer: RequestListener = send(good)): Promise<Published> {
  const published: Published = { url: '', requests: 0, answer }
  const origin = await serve(t, (request, response) => {
    published.requests += 1
    published.answer(request, response)
  })
  return Object.assign(published, { url: `${origin}/keys` })
}

function send(body: string, headers: Record<string, string> = {}, status = 200): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/jwk-set+json', ...headers }).end(body)
  }
}

const never: RequestListener = () => undefined
const broken = send('', {}, 500)

function verifierOf(
  url: string,
  clock: TestClock,
  options: Partial<VerifyAccessTokensOptions<'text'>> = {},
) {
  const verifier = verifyAccessTokens({ issuer, audience, jwksUrl: url, clock, ...options })
  return (by = key, kid = by.jwk.kid) => {
    const iat = Math.floor(clock() / 1000)
    const token = by.sign(goodHeader(kid), { ...goodClaims(), iat, exp: iat + 60 })
    return verifier
      .verify(token)
      .then((result) => (result.status === 'anonymous' ? result.reason : result.status))
  }
}

const unavailable = { name: 'CloakroomError', code: 'store_unavailable' }
const start = () => testClock(nowSeconds * 1000)

describe('the keys of an issuer', () => {
  it('are fetched once, however many tokens arrive at once', async (t) => {
    const published = await publish(t)
    const verify = verifierOf(published.url, start())
    const results = await Promise.all(Array.from({ length: 100 }, () => verify()))
    assert.deepEqual(new Set(results), new Set(['authenticated']))
    assert.equal(published.requests, 1)
  })

  it('are fetched once per cooldown where somebody invents ten thousand ids', async (t) => {
    const published = await publish(t)
    const clock = start()
    const verify = verifierOf(published.url, clock)
    for (let cooldown = 1; cooldown <= 3; cooldown += 1) {
      const flood = Array.from({ length: 3333 }, (_, n) =>
        verify(next, `invented-${cooldown}-${n}`),
      )
      assert.deepEqual(new Set(await Promise.all(flood)), new Set(['untrusted']))
      assert.equal(published.requests, cooldown)
      clock.advance(30)
    }
  })

  it('that are new are found at once, unless the set was read just now', async (t) => {
    const published = await publish(t)
    const clock = start()
    const verify = verifierOf(published.url, clock)
    assert.equal(await verify(), 'authenticated')
    published.answer = send(JSON.stringify({ keys: [key.jwk, next.jwk] }))
    assert.equal(await verify(next), 'untrusted')
    clock.advance(30)
    assert.equal(await verify(next), 'authenticated')
  })

  it('are read anew in the background, and tokens do not wait for it', async (t) => {
    const published = await publish(t)
    const clock = start()
    const verify = verifierOf(published.url, clock)
    assert.equal(await verify(), 'authenticated')
    clock.advance(301)
    published.answer = never
    assert.equal(await verify(), 'authenticated')
    await waitUntil('the set is read', () => published.requests === 2)
  })

  it('that were withdrawn are refused when the set is read anew, at the latest at its age limit', async (t) => {
    const published = await publish(t)
    const clock = start()
    const verify = verifierOf(published.url, clock)
    assert.equal(await verify(), 'authenticated')
    published.answer = send(JSON.stringify({ keys: [next.jwk] }))
    clock.advance(601)
    assert.equal(await verify(), 'untrusted')
  })

  it('that cannot be read are no reason to accept, nor to refuse: that is store_unavailable', async (t) => {
    const published = await publish(t, broken)
    const clock = start()
    const verify = verifierOf(published.url, clock)
    await Promise.all([verify(), verify()].map((each) => assert.rejects(each, unavailable)))
    assert.equal(published.requests, 1)
    published.answer = send(good)
    clock.advance(1)
    assert.equal(await verify(), 'authenticated')
  })

  it('while the issuer is out of reach: known ones until the age limit, others are unknowable', async (t) => {
    const published = await publish(t)
    const clock = start()
    const verify = verifierOf(published.url, clock)
    assert.equal(await verify(), 'authenticated')
    published.answer = broken
    for (const seconds of [200, 200, 199]) {
      clock.advance(seconds)
      assert.equal(await verify(), 'authenticated')
      await assert.rejects(verify(next), unavailable)
    }
    clock.advance(2)
    await assert.rejects(verify(), unavailable)
    clock.advance(1)
    published.answer = send(good)
    assert.equal(await verify(), 'authenticated')
  })

  it('in place of which something else is served: the old set is kept until its age limit', async (t) => {
    const elsewhere = await publish(t)
    const privateKey = {
      ...key.privateKey.export({ format: 'jwk' }),
      kid: 'key-1',
      alg: 'ES256',
      use: 'sig',
    }
    const substitutes: Record<string, RequestListener> = {
      'a redirect': send('', { location: elsewhere.url }, 302),
      'a page': send('<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }),
      'ten megabytes': send(JSON.stringify({ keys: [next.jwk], x: 'x'.repeat(10_000_000) })),
      nothing: send(''),
      'no set': send('{"keys":{}}'),
      'an empty set': send('{"keys":[]}'),
      'bad UTF-8': (_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])),
      'a private key': send(JSON.stringify({ keys: [next.jwk, privateKey] })),
      'a symmetric key': send(
        JSON.stringify({ keys: [next.jwk, { kty: 'oct', k: 'AAAA', kid: 's' }] }),
      ),
      'the same id twice': send(
        JSON.stringify({ keys: [next.jwk, { ...next.jwk, x: key.jwk.x, y: key.jwk.y }] }),
      ),
      'an error': broken,
    }
    for (const [name, substitute] of Object.entries(substitutes)) {
      const published = await publish(t)
      const clock = start()
      const verify = verifierOf(published.url, clock)
      assert.equal(await verify(), 'authenticated', name)
      published.answer = substitute
      clock.advance(400)
      await assert.rejects(verify(next), unavailable, name)
      assert.equal(published.requests, 2, name)
      assert.equal(await verify(), 'authenticated', name)
      clock.advance(201)
      await assert.rejects(verify(), unavailable, name)
    }
    assert.equal(elsewhere.requests, 0)
  })

  it('of an issuer that does not answer are given up after the time limit', async (t) => {
    const published = await publish(t, never)
    const verify = verifierOf(published.url, start(), { jwksTimeoutSeconds: 0.1 })
    await assert.rejects(verify(), unavailable)
  })

  it('of an issuer that stops in the middle are given up after the time limit', async (t) => {
    const published = await publish(t, (_, response) => response.write('{"keys":['))
    const verify = verifierOf(published.url, start(), { jwksTimeoutSeconds: 0.2 })
    await assert.rejects(verify(), unavailable)
  })

  it('are asked for over https, or from this very machine', () => {
    const wrong = [
      'http://auth.example/keys',
      'ftp://auth.example',
      'file:///etc/passwd',
      'http://127.0.0.1.evil.example/',
      'https://a:b@auth.example/',
      'data:,{}',
      '',
      'keys',
    ]
    for (const jwksUrl of wrong) {
      assert.throws(() => verifyAccessTokens({ issuer, audience, jwksUrl }), TypeError, jwksUrl)
    }
    for (const jwksUrl of [
      'https://auth.example/keys',
      'http://localhost:1/keys',
      'http://[::1]:1/',
      undefined,
    ]) {
      verifyAccessTokens({ issuer, audience, ...(jwksUrl && { jwksUrl }) })
    }
  })
})

describe('a set of keys', () => {
  const refuse = (keys: unknown) => assert.throws(() => readKeySet(keys), TypeError)

  it('is an object with keys, of which one at least verifies access tokens', () => {
    for (const set of [
      undefined,
      null,
      [],
      {},
      { keys: 'x' },
      { keys: [null] },
      { keys: [1] },
      { keys: [] },
    ])
      refuse(set)
    refuse({ keys: Array(101).fill(key.jwk) })
  })

  it('may have keys for something else, which verify nothing', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
      format: 'jwk',
    })
    const others = [
      { ...rsa, kid: 'rsa', alg: 'RS256', use: 'sig' },
      { ...next.jwk, kid: 'enc', use: 'enc' },
      { ...next.jwk, kid: 'ops', use: undefined, key_ops: ['deriveKey'] },
      { ...next.jwk, kid: 'alg', alg: 'ES384' },
      { ...next.jwk, kid: 'okp', kty: 'OKP' },
      { ...next.jwk, kid: 'crv', crv: 'P-384' },
      { ...next.jwk, kid: undefined },
      { ...next.jwk, kid: 7 },
    ]
    const keys = readKeySet({ keys: [...others, key.jwk] })
    assert.deepEqual([...keys.keys()], ['key-1'])
    for (const other of others) refuse({ keys: [other] })
  })

  it('with a key that is no point of its curve is refused', () => {
    refuse({ keys: [{ ...key.jwk, y: key.jwk.x }] })
    refuse({ keys: [{ ...key.jwk, y: undefined }] })
    refuse({ keys: [{ ...key.jwk, x: 'AAAA' }] })
  })

  it('with __proto__ as the id of a key is a set like any other', () => {
    const keys = readKeySet({ keys: [{ ...key.jwk, kid: '__proto__' }] })
    assert.equal(keys.get('__proto__')?.algorithm, 'ES256')
    assert.equal(keys.get('constructor'), undefined)
  })
})
