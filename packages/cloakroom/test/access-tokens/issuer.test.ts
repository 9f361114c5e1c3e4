import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { CloakroomError, type Store } from 'cloakroom'
import { issueAccessTokens } from 'cloakroom/access-tokens'
import { type Desk, issuerUrl, keyEncryptionKey, openDesk, orders, withBefore } from './fixture.ts'

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

  it('does not start on keys that somebody has damaged, nor make others in their place', async (t) => {
    const desk = await openDesk(t)
    await desk.issuer()
    const { version } = await storedKeys(desk)
    await (await storeOf(desk)).signingKeys?.write('{"keys":[', version)
    await assert.rejects(desk.issuer(), { code: 'schema_mismatch' })
    assert.equal((await storedKeys(desk)).document, '{"keys":[')
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
      wrap: (store) => withBefore(store, failing),
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

async function storeOf({ store, clock }: Desk): Promise<Store> {
  return store.open({ users: { load: () => undefined }, clock })
}

async function storedKeys(desk: Desk) {
  const stored = await (await storeOf(desk)).signingKeys?.read()
  assert.ok(stored)
  return stored
}
