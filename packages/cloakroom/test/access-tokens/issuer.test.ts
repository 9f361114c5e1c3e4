import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { CloakroomError, type Session, type Store } from 'cloakroom'
import { issueAccessTokens, verifyAccessTokens } from 'cloakroom/access-tokens'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { type Desk, issuerUrl, keyEncryptionKey, openDesk, orders } from './fixture.ts'

describe('an access token that is minted', () => {
  it('says who, for whom, by which session, since when and how, and nothing else', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const { session, user } = await desk.signIn()
    const { token, expiresAt, expiresInSeconds, scope } = await issuer.mint(
      { session, user },
      { audience: orders, scope: 'orders:read', clientId: 'phone' },
    )
    const now = desk.clock() / 1000
    const { jti, ...claims } = decodeJwt(token)
    assert.deepEqual(claims, {
      iss: issuerUrl,
      aud: orders,
      sub: 'alice',
      client_id: 'phone',
      iat: now,
      exp: now + 300,
      sid: session.id,
      auth_time: now,
      amr: ['pwd'],
      scope: 'orders:read',
    })
    assert.match(String(jti), /^[\w-]{22}$/)
    const [key] = await issuer.keys()
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt', kid: key?.id })
    assert.deepEqual(
      [expiresAt.getTime(), expiresInSeconds, scope],
      [(now + 300) * 1000, 300, 'orders:read'],
    )
  })

  it('carries of the user only what userClaims names', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer({ userClaims: ['email'] })
    const { token } = await issuer.mint(await desk.signIn(), { audience: orders })
    assert.deepEqual(decodeJwt(token).user, { email: 'alice@a.example' })
    assert.equal('scope' in decodeJwt(token), false)
  })

  it('says who acts as the user, and then has no time of log-in', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const { token: own } = await desk.signIn('support')
    const impersonated = await desk.auth.impersonate(own, 'alice')
    const { token } = await issuer.mint(impersonated, { audience: orders })
    const { sub, act, auth_time } = decodeJwt(token)
    assert.deepEqual(
      { sub, act, auth_time },
      { sub: 'alice', act: { sub: 'support' }, auth_time: undefined },
    )
    const verified = await verifierOf(desk, () => issuer.jwks()).verify(token)
    assert.equal(verified.status === 'authenticated' && verified.identity.authenticatedAt, null)
  })

  it('lives for 60 seconds at most where the session ends in 60 seconds', async (t) => {
    for (const timeouts of [
      { absoluteTimeoutSeconds: 600 },
      { idleTimeoutSeconds: 600, touchIntervalSeconds: 150 },
    ]) {
      const desk = await openDesk(t, timeouts)
      const issuer = await desk.issuer()
      const { token: own } = await desk.signIn()
      desk.clock.advance(540)
      const verification = await desk.auth.verify(own)
      assert.equal(verification.status, 'authenticated')
      const { token, expiresInSeconds } = await issuer.mint(verification, { audience: orders })
      assert.equal(expiresInSeconds, 60)
      const verifier = verifierOf(desk, () => issuer.jwks())
      assert.equal((await verifier.verify(token)).status, 'authenticated')
      desk.clock.advance(60)
      assert.deepEqual(await verifier.verify(token), { status: 'anonymous', reason: 'expired' })
      assert.equal((await desk.auth.verify(own)).status, 'anonymous')
    }
  })

  it('lives from when the session was verified: a verification that is kept mints no more', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const verification = await desk.signIn()
    desk.clock.advance(200)
    const late = await issuer.mint(verification, { audience: orders })
    assert.equal(late.expiresInSeconds, 100)
    desk.clock.advance(100)
    await assert.rejects(issuer.mint(verification, { audience: orders }), {
      code: 'not_authenticated',
    })
  })

  it('is for nobody who is anonymous', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const { session } = await desk.auth.createAnonymous()
    const signedIn = {
      session: session as Session<unknown, string>,
      user: { id: '', email: '', admin: false },
    }
    await assert.rejects(issuer.mint(signedIn, { audience: orders }), { code: 'not_authenticated' })
  })

  it('is for no audience and no scope that is not offered', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const signedIn = await desk.signIn()
    for (const audience of ['https://billing.example', '', '__proto__', 'toString']) {
      await assert.rejects(issuer.mint(signedIn, { audience }), { code: 'invalid_target' })
    }
    for (const scope of [
      'admin',
      'orders:read admin',
      'ORDERS:READ',
      '__proto__',
      'orders:read\torders:write',
    ]) {
      await assert.rejects(issuer.mint(signedIn, { audience: orders, scope }), {
        code: 'invalid_scope',
      })
    }
    const { scope } = await issuer.mint(signedIn, {
      audience: orders,
      scope: ' orders:read  orders:read ',
    })
    assert.equal(scope, 'orders:read')
  })

  it('is never longer than verifiers read', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer({ userClaims: ['email'] })
    const { session, user } = await desk.signIn()
    const long = { session, user: { ...user, email: 'x'.repeat(8000) } }
    await assert.rejects(issuer.mint(long, { audience: orders }), { code: 'invalid_data' })
  })

  it('costs no statement', async (t) => {
    let statements = 0
    const desk = await openDesk(t, { wrap: (store) => counted(store, () => (statements += 1)) })
    const issuer = await desk.issuer()
    const signedIn = await desk.signIn()
    statements = 0
    for (let n = 0; n < 100; n += 1) await issuer.mint(signedIn, { audience: orders })
    await issuer.jwks()
    assert.equal(statements, 0)
    await desk.auth.list('alice')
    assert.equal(statements, 1, 'they are counted')
  })

  it('signed with Ed25519 is verified by who allows that', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer({ algorithm: 'EdDSA' })
    const { token } = await issuer.mint(await desk.signIn(), { audience: orders })
    const jwks = () => issuer.jwks()
    const allowing = verifyAccessTokens({
      issuer: issuerUrl,
      audience: orders,
      jwks,
      clock: desk.clock,
      algorithms: ['EdDSA'],
    })
    assert.equal((await allowing.verify(token)).status, 'authenticated')
    assert.equal((await verifierOf(desk, jwks).verify(token)).status, 'anonymous')
  })

  it('stays verifiable when the algorithm is changed', async (t) => {
    const desk = await openDesk(t)
    const before = await desk.issuer()
    const { token } = await before.mint(await desk.signIn(), { audience: orders })
    const after = await desk.issuer({ algorithm: 'EdDSA' })
    const verified = await verifierOf(desk, () => after.jwks()).verify(token)
    assert.equal(verified.status, 'authenticated')
  })
})

describe('an issuer', () => {
  it('refuses to start without a key-encryption key, or with a bad one', async (t) => {
    const { auth } = await openDesk(t)
    const options = { auth, issuer: issuerUrl, audiences: { [orders]: {} } }
    const bad = [
      undefined,
      null,
      '',
      'secret',
      randomBytes(31),
      randomBytes(33),
      [],
      ['x'],
      randomBytes(32).toString('hex'),
      {},
    ]
    for (const key of bad) {
      await assert.rejects(
        issueAccessTokens({ ...options, keyEncryptionKey: key as never }),
        (error) => error instanceof TypeError && error.message.includes('keyEncryptionKey'),
      )
    }
    const text = await issueAccessTokens({
      ...options,
      keyEncryptionKey: randomBytes(32).toString('base64url'),
    })
    await text.close()
  })

  it('names the option that is wrong', async (t) => {
    const { auth } = await openDesk(t)
    const good = { auth, issuer: issuerUrl, audiences: { [orders]: {} }, keyEncryptionKey }
    const wrong: Record<string, readonly unknown[]> = {
      issuer: [
        'auth.example',
        'http://auth.example',
        'https://auth.example/?x',
        'https://a@auth.example',
        'ftp://auth.example',
        undefined,
      ],
      audiences: [
        {},
        undefined,
        { [orders]: { scopes: ['a b'] } },
        { '': {} },
        { [orders]: { scopes: 'a' } },
      ],
      lifetimeSeconds: [301, 9, 60.5, '60', Number.NaN],
      algorithm: ['RS256', 'HS256', 'none', 'Ed25519'],
      userClaims: ['email', [1]],
      rotationSeconds: [3599, Infinity],
      verifierCacheSeconds: [-1, 86_401],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        await assert.rejects(
          issueAccessTokens({ ...good, [name]: value } as never),
          (error) => error instanceof TypeError && error.message.includes(name),
          `${name}: ${String(value)}`,
        )
      }
    }
    await assert.rejects(issueAccessTokens({ ...good, auth: {} as never }), TypeError)
  })

  it('refuses a store that keeps no keys', async (t) => {
    const desk = await openDesk(t, {
      wrap: ({ signingKeys: _, ...store }) => store,
    })
    await assert.rejects(desk.issuer(), TypeError)
  })

  it('takes its keys from the store, and leaves nothing in it that can be read', async (t) => {
    const desk = await openDesk(t)
    const first = await desk.issuer()
    const second = await (await desk.another()).issuer()
    assert.deepEqual(await second.jwks(), await first.jwks())
    const { document } = await storedKeys(desk)
    assert.ok(!/"d"|"x"|kty/.test(document))
    assert.deepEqual(Object.keys((await first.jwks()).keys[0] ?? {}), [
      'kty',
      'crv',
      'x',
      'y',
      'kid',
      'alg',
      'use',
    ])
  })

  it('with another key-encryption key does not start, and changes nothing', async (t) => {
    const desk = await openDesk(t)
    await desk.issuer()
    const before = await storedKeys(desk)
    await assert.rejects(desk.issuer({ keyEncryptionKey: randomBytes(32) }), {
      code: 'wrong_key_encryption_key',
    })
    assert.deepEqual(await storedKeys(desk), before)
  })

  it('reads what an older key-encryption key has encrypted, and writes with the newer', async (t) => {
    const desk = await openDesk(t, {})
    const old = await desk.issuer()
    const newer = randomBytes(32)
    const both = await desk.issuer({
      keyEncryptionKey: [newer, keyEncryptionKey],
      rotationSeconds: 3600,
    })
    assert.deepEqual(await both.jwks(), await old.jwks())
    await old.close()
    for (let days = 0; days < 15; days += 1) {
      desk.clock.advance(86_400)
      await both.jwks()
    }
    const only = await desk.issuer({ keyEncryptionKey: newer })
    assert.deepEqual(await only.jwks(), await both.jwks())
  })

  it('publishes no key that somebody wrote into the database, nor one under the id of another', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const { document, version } = await storedKeys(desk)
    const { keys } = JSON.parse(document) as { keys: { id: string; sealed: string }[] }
    const [one, other] = keys as [{ id: string; sealed: string }, { id: string; sealed: string }]
    const swapped = {
      keys: [
        { ...one, sealed: other.sealed },
        { ...other, sealed: one.sealed },
      ],
    }
    await (await storeOf(desk)).signingKeys?.write(JSON.stringify(swapped), version)
    await assert.rejects(desk.issuer(), { code: 'wrong_key_encryption_key' })
    await issuer.close()
  })

  it('of two that begin at once on an empty database, both have the same keys', async (t) => {
    const desk = await openDesk(t)
    const others = await Promise.all([desk.another(), desk.another(), desk.another()])
    const issuers = await Promise.all(others.map((each) => each.issuer()))
    const sets = await Promise.all(issuers.map((each) => each.jwks()))
    for (const set of sets) assert.deepEqual(set, sets[0])
    assert.equal(sets[0]?.keys.length, 2)
  })

  it('signs without its database for two minutes, then says store_unavailable, and recovers', async (t) => {
    let isBroken = false
    const failing = () => {
      if (isBroken) throw new CloakroomError('store_unavailable', 'Broken by the test.')
    }
    const desk = await openDesk(t, {
      wrap: (store) => counted(store, failing),
      onError: () => undefined,
    })
    const issuer = await desk.issuer()
    isBroken = true
    const signedIn = { ...(await desk.another().then((each) => each.signIn())) }
    desk.clock.advance(119)
    await issuer.mint(signedIn, { audience: orders })
    desk.clock.advance(2)
    await assert.rejects(issuer.mint(signedIn, { audience: orders }), { code: 'store_unavailable' })
    await assert.rejects(issuer.jwks(), { code: 'store_unavailable' })
    isBroken = false
    await issuer.mint(signedIn, { audience: orders })
  })

  it('tells what it is set to, frozen', async (t) => {
    const desk = await openDesk(t)
    const { metadata } = await desk.issuer({ verifierCacheSeconds: 300, lifetimeSeconds: 120 })
    assert.deepEqual(metadata, {
      issuer: issuerUrl,
      algorithm: 'ES256',
      lifetimeSeconds: 120,
      audiences: { [orders]: ['orders:read', 'orders:write'] },
      keySetMaxAgeSeconds: 60,
      withdrawalSeconds: 480,
    })
    assert.ok(Object.isFrozen(metadata) && Object.isFrozen(metadata.audiences))
  })

  it('leaves no secret in an error, whatever goes wrong', async (t) => {
    const desk = await openDesk(t)
    await desk.issuer()
    const secret = randomBytes(32)
    const error = await desk.issuer({ keyEncryptionKey: secret }).catch((cause: unknown) => cause)
    const told = `${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`
    for (const each of [
      secret.toString('base64url'),
      secret.toString('hex'),
      keyEncryptionKey.toString('base64url'),
    ]) {
      assert.ok(!told.includes(each))
    }
  })
})

function verifierOf(
  { clock }: Desk,
  jwks: () => ReturnType<Awaited<ReturnType<Desk['issuer']>>['jwks']>,
) {
  return verifyAccessTokens({
    issuer: issuerUrl,
    audience: orders,
    jwks,
    clock,
    clockToleranceSeconds: 0,
  })
}

async function storeOf({ store, clock }: Desk): Promise<Store> {
  return store.open({ users: { load: () => undefined }, clock })
}

async function storedKeys(desk: Desk) {
  const stored = await (await storeOf(desk)).signingKeys?.read()
  assert.ok(stored)
  return stored
}

/** Every verb of the store, and of its signing keys, with something before it. */
function counted(store: Store, before: () => void): Store {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name) as unknown
        if (name === 'signingKeys') return wrap(value as object)
        if (typeof value !== 'function' || name === 'close') return value
        return async (...values: unknown[]) => {
          before()
          return (value as (...values: unknown[]) => unknown).apply(target, values)
        }
      },
    })
  return wrap(store)
}
