import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Session, SessionIdentity } from 'cloakroom'
import { verifyAccessTokens } from 'cloakroom/access-tokens'
import { leasedCache } from 'cloakroom/cache'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { issuerUrl, openDesk, orders, verifierOf, withBefore } from './fixture.ts'

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

  it('lives from when a cache last knew the session: an answer may be as old as its lease', async (t) => {
    const desk = await openDesk(t, { feed: true, cache: leasedCache({ leaseSeconds: 20 }) })
    const issuer = await desk.issuer()
    const { token: own } = await desk.signIn()
    const first = await desk.auth.verify(own)
    assert.equal(first.status, 'authenticated')
    const created = desk.clock() / 1000
    const young = decodeJwt((await issuer.mint(first, { audience: orders })).token)
    assert.deepEqual([young.iat, young.exp], [created, created + 300], 'it was live when it began')
    desk.clock.advance(60)
    const later = await desk.auth.verify(own)
    assert.equal(later.status, 'authenticated')
    const old = decodeJwt((await issuer.mint(later, { audience: orders })).token)
    assert.deepEqual([old.iat, old.exp], [created + 40, created + 340])
  })

  it('says who is signed in as a session says it: a handler can take either', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const signedIn = await desk.signIn()
    const { token } = await issuer.mint(signedIn, { audience: orders })
    const verified = await verifierOf(desk, () => issuer.jwks()).verify(token)
    assert.equal(verified.status, 'authenticated')
    const describeIt = ({ id, userId, authenticatedAt, methods }: SessionIdentity<string>) =>
      JSON.stringify({ id, userId, authenticatedAt, methods })
    assert.equal(describeIt(verified.identity), describeIt(signedIn.session))
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
    const desk = await openDesk(t, {
      wrap: (store) =>
        withBefore(store, () => {
          statements += 1
        }),
    })
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
