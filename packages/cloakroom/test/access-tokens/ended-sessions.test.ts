import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { CloakroomError, type Store } from 'cloakroom'
import {
  type AccessTokenVerifier,
  type RevokedSessionsOptions,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { signInAs } from 'cloakroom/testing'
import type { RevocationFeed } from '../../src/core/revocation-feed.ts'
import { parseId } from '../../src/core/session-id.ts'
import { type EndedStream, follower, type HeldFeed, holdFeed, openStream } from './ended-stream.ts'
import { type Desk, issuerUrl, openDesk, orders, serve } from './fixture.ts'

interface Scene {
  readonly desk: Desk
  readonly stream: EndedStream
  readonly feed: HeldFeed
  readonly verifier: AccessTokenVerifier<string>
  readonly jwks: () => Promise<never>
  follow(options?: Partial<RevokedSessionsOptions>): AccessTokenVerifier<string>
  /** A session, and an access token of it. */
  signIn(userId?: string): Promise<{ own: string; id: string; token: string }>
  mint(own: string): Promise<string>
}

async function open(
  t: TestContext,
  change = (store: Store) => store,
  options = {},
): Promise<Scene> {
  const held: { feed?: HeldFeed } = {}
  const desk = await openDesk(t, {
    feed: true,
    wrap: (store) => {
      held.feed ??= holdFeed(store.feed as RevocationFeed)
      return change({ ...store, feed: held.feed.feed })
    },
    ...options,
  })
  const issuer = await desk.issuer()
  const stream = await openStream(t, desk)
  const jwks = issuer.jwks as unknown as () => Promise<never>
  const follow = (followed: Partial<RevokedSessionsOptions> = {}) =>
    follower(t, { clock: desk.clock, jwks, url: stream.url, options: followed })
  async function mint(own: string): Promise<string> {
    const verification = await desk.auth.verify(own)
    assert.equal(verification.status, 'authenticated')
    return (await issuer.mint(verification as never, { audience: orders })).token
  }
  return {
    desk,
    stream,
    feed: held.feed as HeldFeed,
    verifier: follow(),
    jwks,
    follow,
    mint,
    async signIn(userId = 'alice') {
      const { token: own, session } = await signInAs(desk.auth, userId)
      return { own, id: session.id, token: await mint(own) }
    },
  }
}

async function judge(verifier: AccessTokenVerifier<string>, token: string): Promise<string> {
  try {
    const result = await verifier.verify(token)
    return result.status === 'anonymous' ? result.reason : result.status
  } catch (error) {
    assert.ok(error instanceof CloakroomError)
    return error.code
  }
}

const until = (verifier: AccessTokenVerifier<string>, token: string, expected: string) =>
  waitUntil(
    `the token is ${expected}`,
    async () => (await judge(verifier, token)) === expected,
    10_000,
  )

describe('with the stream of ended sessions', () => {
  it('a token of an ended session is refused at once; without it, at the latest when it expires', async (t) => {
    const { desk, verifier, jwks, signIn } = await open(t)
    const deaf = verifyAccessTokens({
      issuer: issuerUrl,
      audience: orders,
      jwks,
      clock: desk.clock,
      clockToleranceSeconds: 0,
    })
    const { own, token } = await signIn()
    for (const each of [verifier, deaf]) assert.equal(await judge(each, token), 'authenticated')
    await desk.auth.signOut(own)
    const endedAt = performance.now()
    await until(verifier, token, 'revoked')
    t.diagnostic(`with the stream: ${(performance.now() - endedAt).toFixed(1)} ms`)
    for (const seconds of [100, 100, 99]) {
      desk.clock.advance(seconds)
      assert.equal(await judge(deaf, token), 'authenticated')
    }
    desk.clock.advance(1)
    assert.equal(await judge(deaf, token), 'expired')
    t.diagnostic('without it: 300 s')
  })

  it('every way to end sessions ends their tokens, and those of nobody else', async (t) => {
    const ends: Record<string, (auth: Desk['auth'], id: string) => Promise<unknown>> = {
      'one session': (auth, id) => auth.revoke({ sessionId: id }),
      'all of a user': (auth) => auth.revoke({ userId: 'alice' }),
      'a block': (auth) => auth.block('alice'),
      'all but another one': async (auth) => {
        const { session } = await signInAs(auth, 'alice')
        await auth.revoke({ userId: 'alice', except: session.id })
      },
    }
    for (const [name, end] of Object.entries(ends)) {
      const { desk, verifier, signIn } = await open(t)
      const alice = await signIn()
      const bob = await signIn('bob')
      assert.equal(await judge(verifier, alice.token), 'authenticated')
      await end(desk.auth, alice.id)
      await until(verifier, alice.token, 'revoked')
      assert.equal(await judge(verifier, bob.token), 'authenticated', name)
    }
  })

  it('the end of everybody ends all tokens', async (t) => {
    const { desk, verifier, signIn } = await open(t)
    const tokens = [(await signIn()).token, (await signIn('bob')).token]
    for (const token of tokens) assert.equal(await judge(verifier, token), 'authenticated')
    await desk.auth.revoke({ everybody: true })
    for (const token of tokens) await until(verifier, token, 'revoked')
    desk.clock.advance(1)
    await until(verifier, (await signIn()).token, 'authenticated')
  })

  it('the session that is kept keeps its tokens; who signs in again has good ones', async (t) => {
    const { desk, verifier, signIn } = await open(t)
    const [kept, other] = [await signIn(), await signIn()]
    assert.equal(await judge(verifier, kept.token), 'authenticated')
    await desk.auth.revoke({ userId: 'alice', except: kept.id })
    await until(verifier, other.token, 'revoked')
    assert.equal(await judge(verifier, kept.token), 'authenticated')
    desk.clock.advance(1)
    const again = await signIn()
    await until(verifier, again.token, 'authenticated')
  })

  it('what changes a session without ending it ends no token: data, rotation, step-up', async (t) => {
    const { desk, verifier, signIn } = await open(t)
    const { own, id, token } = await signIn()
    const bob = await signIn('bob')
    assert.equal(await judge(verifier, token), 'authenticated')
    await desk.auth.update(id, { cart: 1 })
    const rotated = await desk.auth.rotate(own)
    assert.ok(rotated)
    await desk.auth.stepUp(rotated.token, { methods: ['pwd'] })
    await desk.auth.revoke({ sessionId: bob.id })
    await until(verifier, bob.token, 'revoked')
    assert.equal(await judge(verifier, token), 'authenticated')
  })

  it('the end of who acts as a user ends the tokens of that session', async (t) => {
    const { desk, verifier, signIn, mint } = await open(t)
    const support = await signIn('support')
    const impersonated = await desk.auth.impersonate(support.own, 'alice')
    const token = await mint(impersonated.token)
    const alice = await signIn()
    assert.equal(await judge(verifier, token), 'authenticated')
    await desk.auth.block('support')
    await until(verifier, token, 'revoked')
    assert.equal(await judge(verifier, alice.token), 'authenticated')
  })

  it('whatever ended while the connection was lost is told at the next one', async (t) => {
    const { desk, stream, verifier, signIn } = await open(t)
    const [one, other] = [await signIn(), await signIn('bob')]
    assert.equal(await judge(verifier, one.token), 'authenticated')
    stream.isOpen = false
    stream.cut()
    await desk.auth.revoke({ sessionId: one.id })
    stream.isOpen = true
    await until(verifier, one.token, 'revoked')
    await until(verifier, other.token, 'authenticated')
    assert.ok(stream.connections > 1)
  })

  it('an issuer that is not heard of is store_unavailable after the lease, or nothing is different, as one chose', async (t) => {
    const { desk, stream, verifier, follow, signIn } = await open(t)
    const lenient = follow({ whenInDoubt: 'accept' })
    const { token, id } = await signIn()
    for (const each of [verifier, lenient]) assert.equal(await judge(each, token), 'authenticated')
    stream.isOpen = false
    stream.cut()
    await desk.auth.revoke({ sessionId: id })
    desk.clock.advance(9)
    assert.equal(await judge(verifier, token), 'authenticated', 'within the lease')
    desk.clock.advance(2)
    assert.equal(await judge(verifier, token), 'store_unavailable')
    assert.equal(await judge(lenient, token), 'authenticated')
    stream.isOpen = true
    for (const each of [verifier, lenient]) await until(each, token, 'revoked')
  })

  it('a feed that does not say that it listens is as good as none, though the connection is there', async (t) => {
    const { desk, feed, verifier, signIn } = await open(t)
    const { token } = await signIn()
    assert.equal(await judge(verifier, token), 'authenticated')
    feed.isBeating = false
    desk.clock.advance(11)
    assert.equal(await judge(verifier, token), 'store_unavailable')
    feed.isBeating = true
    await until(verifier, token, 'authenticated')
  })

  it('an issuer that has begun anew vouches for no token from before', async (t) => {
    const { desk, stream, verifier, follow, signIn, mint } = await open(t)
    const lenient = follow({ whenInDoubt: 'accept' })
    const { own, token } = await signIn()
    for (const each of [verifier, lenient]) assert.equal(await judge(each, token), 'authenticated')
    desk.clock.advance(5)
    await stream.restart()
    stream.cut()
    await until(verifier, token, 'doubtful')
    assert.equal(await judge(lenient, token), 'authenticated')
    await until(verifier, await mint(own), 'authenticated')
  })

  it('a verifier that has only just begun to listen knows what ended before', async (t) => {
    const { desk, stream, signIn, follow } = await open(t)
    const { token, id } = await signIn()
    await desk.auth.revoke({ sessionId: id })
    await waitUntil('somebody listens', () => stream.connections > 0)
    const late = follow()
    await until(late, token, 'revoked')
  })

  it('a client that is not known hears nothing, and then nobody is let in', async (t) => {
    const { stream, follow, signIn } = await open(t)
    const { token } = await signIn()
    const stranger = follow({ authorization: 'Basic eDp5' })
    assert.equal(await judge(stranger, token), 'store_unavailable')
    const renewed = follow({ authorization: async () => 'Basic eDp5' })
    assert.equal(await judge(renewed, token), 'store_unavailable')
    assert.ok(stream.url)
  })

  it('a stream that says what is not known is not believed', async (t) => {
    const { desk, jwks, signIn } = await open(t)
    const { token } = await signIn()
    const good = `event: listening\ndata: {"since":0}\n\nevent: confirmed\ndata: {"at":${desk.clock() + 1e6}}\n\n`
    const bad = [
      'event: ended\ndata: {}\n\n',
      'event: later\ndata: {"since":0}\n\n',
      'data: x\n\n',
      '\n\n',
      `event: ended\ndata: {"sessions":[1]}\n\n`,
      `event: ended\ndata: ${'x'.repeat(1_100_000)}`,
    ]
    const judged: string[] = []
    for (const text of ['', ...bad]) {
      const url = await serve(t, (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`${text}${text === '' ? good : good.replace('1e6', '0')}`)
      })
      const verifier = follower(t, { clock: desk.clock, jwks, url: `${url}/` })
      judged.push(await judge(verifier, token))
    }
    assert.deepEqual(judged.slice(0, 6), ['authenticated', ...Array(5).fill('store_unavailable')])
  })

  it('a feed that says only that something has changed makes older tokens doubtful, and ends none', async (t) => {
    const { desk, feed, verifier, follow, signIn, mint } = await open(t)
    const lenient = follow({ whenInDoubt: 'accept' })
    const { own, token } = await signIn()
    for (const each of [verifier, lenient]) assert.equal(await judge(each, token), 'authenticated')
    desk.clock.advance(1)
    feed.listener.invalidated({ everybody: true })
    await until(verifier, token, 'doubtful')
    assert.equal(await judge(lenient, token), 'authenticated')
    await until(verifier, await mint(own), 'authenticated')
  })

  it('until the database can say what ended, nothing is confirmed', async (t) => {
    let isBroken = false
    const { desk, feed, verifier, signIn } = await open(t, (store) => ({
      ...store,
      async find(id) {
        if (isBroken) throw new CloakroomError('store_unavailable', 'Broken by the test.')
        return store.find(id)
      },
    }))
    const { token, id } = await signIn()
    const bob = await signIn('bob')
    assert.equal(await judge(verifier, token), 'authenticated')
    isBroken = true
    await desk.auth.revoke({ sessionId: id })
    feed.listener.invalidated({ sessionIds: [parseId(bob.id) as Buffer] })
    desk.clock.advance(11)
    for (const each of [token, bob.token])
      assert.equal(await judge(verifier, each), 'store_unavailable')
    isBroken = false
    await until(verifier, token, 'revoked')
    await until(verifier, bob.token, 'authenticated')
  })

  it('a feed that was lost makes what came before doubtful, once it listens again', async (t) => {
    const { desk, feed, verifier, signIn } = await open(t)
    const { token } = await signIn()
    assert.equal(await judge(verifier, token), 'authenticated')
    feed.isBeating = false
    feed.listener.lost('')
    desk.clock.advance(1)
    feed.listener.listening('')
    feed.isBeating = true
    await until(verifier, token, 'doubtful')
    await until(verifier, (await signIn('bob')).token, 'authenticated')
  })
})

describe('the options of revokedSessions', () => {
  it('are checked when the verifier is made', () => {
    const good = { url: 'https://auth.example/ended-sessions', authorization: 'Basic x' }
    const wrong: Record<string, readonly unknown[]> = {
      url: ['http://auth.example/x', '', undefined],
      authorization: ['', undefined, 7],
      leaseSeconds: [1, 301, '10'],
      whenInDoubt: ['allow', true],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const revokedSessions = { ...good, [name]: value } as never
        assert.throws(
          () =>
            verifyAccessTokens({
              issuer: issuerUrl,
              audience: orders,
              jwks: async () => ({ keys: [] }),
              revokedSessions,
            }),
          (error) => error instanceof TypeError && error.message.includes(name),
        )
      }
    }
  })
})
