import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AccessTokenIssuer, verifyAccessTokens } from 'cloakroom/access-tokens'
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose'
import { keyEncryption } from '../../src/access-tokens/key-encryption.ts'
import type { KeyRing } from '../../src/access-tokens/key-ring.ts'
import { openKey } from '../../src/access-tokens/signing-keys.ts'
import { pick, seededRandom } from '../../src/testing/random.ts'
import {
  type Desk,
  issuerUrl,
  keyEncryptionKey,
  openDesk,
  orders,
  serve,
  type User,
} from './fixture.ts'
import { goodClaims, goodHeader } from './forge.ts'

const day = 86_400

describe('rotation of keys', () => {
  it('ten times, with verifiers that poll as real ones do: no token is refused', async (t) => {
    const random = seededRandom(t)
    const desk = await openDesk(t, {
      absoluteTimeoutSeconds: 400 * day,
      idleTimeoutSeconds: 400 * day,
    })
    const elsewhere = await desk.another()
    const issuers = [await desk.issuer(), await elsewhere.issuer()]
    // Behind a balancer: any of them may answer.
    const url = await serve(t, async (_, response) => {
      response.end(JSON.stringify(await pick(random, issuers).jwks()))
    })
    const verifiers = Array.from({ length: 5 }, () =>
      verifyAccessTokens({
        issuer: issuerUrl,
        audience: orders,
        jwksUrl: `${url}/`,
        clock: desk.clock,
        clockToleranceSeconds: 0,
      }),
    )
    const { token: own } = await desk.signIn()
    const signers = new Set<string>()
    let live: { token: string; until: number }[] = []
    let verified = 0
    let lately = 0
    while (signers.size < 11) {
      // Long pauses, and traffic for a quarter of an hour around each change of keys.
      const [first] = issuers as [AccessTokenIssuer<User>]
      const standby = (await first.keys()).at(-1)?.signsFrom.getTime() ?? 0
      const pause = Math.floor((standby - desk.clock()) / 1000) - 900
      desk.clock.advance(pause > 0 && lately > 20 ? pause : pick(random, [7, 40, 90, 119]))
      lately = pause > 0 && lately > 20 ? 0 : lately + 1
      // Every other one is made by hand, as early as can be.
      if (signers.size % 2 === 0) await first.rotateNow()
      const verification = await desk.auth.verify(own)
      assert.equal(verification.status, 'authenticated')
      for (const issuer of issuers) {
        const { token, expiresAt } = await issuer.mint(verification as never, { audience: orders })
        signers.add(keyIdOf(token))
        live.push({ token, until: expiresAt.getTime() })
      }
      live = live.filter(({ until }) => until > desk.clock())
      for (const { token } of live) {
        const result = await pick(random, verifiers).verify(token)
        assert.equal(result.status, 'authenticated', `after ${signers.size} keys`)
        verified += 1
      }
    }
    t.diagnostic(`${verified} verifications, ${signers.size} keys`)
  })

  it('of which every process hears by itself: all sign with the same key', async (t) => {
    const desk = await openDesk(t, {
      idleTimeoutSeconds: 400 * day,
      absoluteTimeoutSeconds: 400 * day,
    })
    const issuers = [await desk.issuer(), await (await desk.another()).issuer()]
    for (let round = 0; round < 5; round += 1) {
      desk.clock.advance(7 * day)
      const { session, user } = await desk.signIn()
      const tokens = await Promise.all(
        issuers.map((each) => each.mint({ session, user }, { audience: orders })),
      )
      const [one, other] = tokens.map(({ token }) => keyIdOf(token))
      assert.equal(one, other)
    }
  })

  it('made now lets no verifier down: the standby signs when its time of publication is over', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const [first, standby] = await issuer.keys()
    await issuer.rotateNow()
    assert.equal(keyIdOf(await mint(desk, issuer)), first?.id)
    desk.clock.advance(issuer.metadata.withdrawalSeconds)
    assert.equal(keyIdOf(await mint(desk, issuer)), standby?.id)
    desk.clock.advance(1000)
    const states = (await issuer.keys()).map(({ id, state }) => [id, state])
    assert.deepEqual(
      states.slice(0, -1),
      [[standby?.id, 'signing']],
      'the first one has been retired',
    )
    assert.equal(states.at(-1)?.[1], 'standby')
  })

  it("is followed by jose's own remote key set", async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const url = await serve(t, async (_, response) => {
      response.setHeader('content-type', 'application/jwk-set+json')
      response.end(JSON.stringify(await issuer.jwks()))
    })
    const keys = createRemoteJWKSet(new URL(url), { cooldownDuration: 0 })
    const verify = (token: string) =>
      jwtVerify(token, keys, {
        issuer: issuerUrl,
        audience: orders,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        currentDate: new Date(desk.clock()),
      })
    const before = await mint(desk, issuer)
    assert.equal((await verify(before)).payload.sub, 'alice')
    await issuer.rotateNow()
    desk.clock.advance(issuer.metadata.withdrawalSeconds)
    const after = await mint(desk, issuer)
    assert.notEqual(keyIdOf(after), keyIdOf(before))
    assert.equal((await verify(after)).payload.sub, 'alice')
    await issuer.retire(keyIdOf(after))
    const last = await mint(desk, issuer)
    assert.equal((await verify(last)).payload.sub, 'alice')
    assert.equal(
      (await issuer.jwks()).keys.some(({ kid }) => kid === keyIdOf(after)),
      false,
    )
  })
})

describe('a key that somebody else may have', () => {
  it('is refused everywhere within the stated time, and sessions get new tokens meanwhile', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const other = await (await desk.another()).issuer()
    const servers = await Promise.all(
      [issuer, other].map((each) =>
        serve(t, async (_, response) => {
          const keys = await each.jwks().catch(() => undefined)
          response.writeHead(keys === undefined ? 503 : 200).end(JSON.stringify(keys))
        }),
      ),
    )
    const verifiers = servers.map((url) =>
      verifyAccessTokens({
        issuer: issuerUrl,
        audience: orders,
        jwksUrl: `${url}/`,
        clock: desk.clock,
      }),
    )
    const stolen = keyIdOf(await mint(desk, issuer))
    const thief = await thiefOf(desk, stolen)
    for (const verifier of verifiers)
      assert.equal(await statusOf(verifier, await mint(desk, other)), 'authenticated')

    await issuer.retire(stolen)
    assert.ok(
      !(await issuer.jwks()).keys.some(({ kid }) => kid === stolen),
      'it left the key set at once',
    )
    const retiredAt = desk.clock()
    let refusedAt = 0
    // Both of the verifiers have read the set a moment ago. The thief signs a new token every minute.
    for (let seconds = 0; seconds <= issuer.metadata.withdrawalSeconds; seconds += 60) {
      const forged = await thief()
      const accepted = await Promise.all(verifiers.map((each) => statusOf(each, forged)))
      if (accepted.includes('authenticated')) refusedAt = desk.clock() + 60_000
      const honest = await mint(desk, issuer)
      assert.notEqual(keyIdOf(honest), stolen)
      for (const verifier of verifiers)
        assert.equal(await statusOf(verifier, honest), 'authenticated')
      desk.clock.advance(60)
    }
    t.diagnostic(`refused everywhere after ${(refusedAt - retiredAt) / 1000} s`)
    assert.ok(refusedAt - retiredAt <= issuer.metadata.withdrawalSeconds * 1000)
    assert.deepEqual(
      await Promise.all(verifiers.map(async (each) => statusOf(each, await thief()))),
      ['anonymous', 'anonymous'],
    )
  })

  it('does not come back with an issuer that did not hear of it', async (t) => {
    const desk = await openDesk(t)
    const issuer = await desk.issuer()
    const other = await (await desk.another()).issuer()
    const stolen = keyIdOf(await mint(desk, issuer))
    assert.equal(await issuer.retire(stolen), true)
    assert.equal(await issuer.retire(stolen), false)
    await other.rotateNow()
    for (const each of [issuer, other]) {
      desk.clock.advance(200)
      assert.ok(!(await each.keys()).some(({ id }) => id === stolen))
    }
  })
})

async function mint(desk: Desk, issuer: AccessTokenIssuer<User>): Promise<string> {
  return (await issuer.mint(await desk.signIn(), { audience: orders })).token
}

/** Signs tokens with a key of the issuer's, as whoever has it can. */
async function thiefOf({ store, clock }: Desk, keyId: string): Promise<() => Promise<string>> {
  const { signingKeys } = await store.open({ users: { load: () => undefined }, clock })
  const { document = '' } = (await signingKeys?.read()) ?? {}
  const { keys } = JSON.parse(document) as { keys: KeyRing }
  const key = keys.find(({ id }) => id === keyId)
  assert.ok(key)
  const { privateKey } = await openKey(key, keyEncryption(keyEncryptionKey))
  return () => {
    const iat = Math.floor(clock() / 1000)
    const claims = { ...goodClaims(), iss: issuerUrl, aud: orders, iat, exp: iat + 300 }
    return new SignJWT({ ...claims }).setProtectedHeader(goodHeader(keyId)).sign(privateKey)
  }
}

async function statusOf(
  verifier: ReturnType<typeof verifyAccessTokens>,
  token: string,
): Promise<string> {
  return (await verifier.verify(token)).status
}

function keyIdOf(token: string): string {
  const [header = ''] = token.split('.')
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
}
