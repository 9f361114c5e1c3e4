import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type ClientSessions, clientSessions } from '../../client-sessions/client-sessions.ts'
import type { JsonObject } from '../../core/session.ts'
import { formatToken, parseToken } from '../../core/token.ts'
import type { AnyUser, UserId } from '../../core/user.ts'
import type { Auth } from '../fixture.ts'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { rounds } from '../store-cases/session-rows.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'

type Clients = ClientSessions<AnyUser, JsonObject, JsonObject>

const clientId = 'backend'
/** Past the grace, and past the age up to which a token is its own answer. */
const pastGrace = 31

export const clientSessionCases: Cases = {
  "a client's session opens nothing: to every other verb its token is unknown": async (fixture) => {
    const auth = await fixture.auth()
    const { token, session } = await signInClient(auth, fixture.alice)
    assert.equal(session.clientId, clientId)
    await assertSignedOut(auth, token, 'the refresh token', 'unknown')
    assert.equal(await auth.rotate(token), undefined)
    assert.equal(await auth.stepUp(token, { methods: ['pwd'] }), undefined)
    assert.equal(await auth.update(session.id, { a: 1 }), undefined)
    await assert.rejects(auth.impersonate(token, fixture.bob), { code: 'not_authenticated' })
    await refreshed(clientSessions(auth), token)
  },

  "the user sees a client's session in the list, and can end it there": async (fixture) => {
    const auth = await fixture.auth()
    const { token, session } = await signInClient(auth, fixture.alice)
    const own = await signInAs(auth, fixture.alice)
    const listed = await auth.list(fixture.alice)
    assert.deepEqual(
      new Set(listed.map(({ id, clientId }) => `${id} ${clientId}`)),
      new Set([`${session.id} ${clientId}`, `${own.session.id} null`]),
    )
    await auth.revoke({ sessionId: session.id, userId: fixture.alice })
    await assertRefused(clientSessions(auth), token, 'unknown')
  },

  'a cap on sessions neither counts those of clients nor ends any for them': async (fixture) => {
    const maxSessionsPerUser = { limit: 1, whenReached: 'end_oldest' } as const
    const auth = await fixture.auth({ maxSessionsPerUser })
    const own = await signInAs(auth, fixture.alice)
    const theirs = await signInClient(auth, fixture.alice)
    await assertSignedIn(auth, own.token, "the user's own session")
    await signInAs(auth, fixture.alice)
    await refreshed(clientSessions(auth), theirs.token)
  },

  'a refresh gives the next token, of the same session; the one before is dead after the grace':
    async (fixture) => {
      const clients = clientSessions(await fixture.auth())
      const elsewhere = clientSessions(await fixture.authElsewhere())
      const first = await signInClient(await fixture.auth(), fixture.alice, { methods: ['pwd'] })
      const second = await refreshed(clients, first.token)
      assert.notEqual(second.token, first.token)
      assert.equal(second.session.id, first.session.id)
      assert.deepEqual(second.session.methods, ['pwd'])
      assert.deepEqual(second.user, first.user)
      assert.equal(await clients.introspect(first.token, clientId), undefined)
      const { session } = (await elsewhere.introspect(second.token, clientId)) ?? {}
      assert.equal(session?.id, first.session.id)
      await fixture.advance(pastGrace)
      const third = await refreshed(elsewhere, second.token)
      assert.notEqual(third.token, second.token)
    },

  '50 parallel refreshes with one token: one family lives, nobody is locked out, one new token':
    async (fixture) => {
      const auth = await fixture.auth()
      const processes = [auth, await fixture.authElsewhere()].map((each) => clientSessions(each))
      const { token, session } = await signInClient(auth, fixture.alice)
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (processes[index % 2] as Clients).refresh(token, clientId),
        ),
      )
      const tokens = answers.map((answer) => {
        assert(answer.status === 'refreshed', answer.status)
        return answer.token
      })
      assert.equal(new Set(tokens).size, 1)
      assert.notEqual(tokens[0], token)
      const listed = await auth.list(fixture.alice)
      assert.deepEqual(
        listed.map(({ id }) => id),
        [session.id],
      )
      await fixture.advance(pastGrace)
      await refreshed(processes[0] as Clients, tokens[0] as string)
    },

  'a lost answer: the retry, and every retry within the grace, gets the same token': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const [clients, elsewhere] = [auth, await fixture.authElsewhere()].map((each) =>
      clientSessions(each),
    ) as [Clients, Clients]
    const { token } = await signInClient(auth, fixture.alice)
    const lost = await refreshed(clients, token)
    assert.equal((await refreshed(elsewhere, token)).token, lost.token)
    await fixture.advance(30 - fixture.precisionMs / 1000)
    assert.equal((await refreshed(clients, token)).token, lost.token)
  },

  'a delayed twin: the client has gone on with the new token, and its late copy harms nothing':
    async (fixture) => {
      const auth = await fixture.auth()
      const clients = clientSessions(auth)
      const { token } = await signInClient(auth, fixture.alice)
      const next = await refreshed(clients, token)
      // At once, and so not replaced: or the twin would find two generations between.
      assert.equal((await refreshed(clients, next.token)).token, next.token)
      assert.equal((await refreshed(clients, token)).token, next.token)
      await fixture.advance(pastGrace)
      await refreshed(clients, next.token)
    },

  'a retry after the grace is reuse: the session ends, and the caller is told whose': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const clients = clientSessions(auth)
    const { token, session } = await signInClient(auth, fixture.alice)
    const next = await refreshed(clients, token)
    await fixture.advance(30)
    assert.deepEqual(await clients.refresh(token, clientId), {
      status: 'reused',
      sessionId: session.id,
      userId: fixture.alice,
    })
    await assertRefused(clients, next.token, 'unknown')
    await assertRefused(clients, token, 'unknown')
    assert.deepEqual(await auth.list(fixture.alice), [])
  },

  'a thief two rotations ahead: when the victim shows its token the session ends for both': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const clients = clientSessions(auth)
    const { token: stolen } = await signInClient(auth, fixture.alice)
    const bystander = await signInClient(auth, fixture.alice)
    const first = await refreshed(clients, stolen)
    await fixture.advance(pastGrace)
    const second = await refreshed(clients, first.token)
    assert.equal((await clients.refresh(stolen, clientId)).status, 'reused')
    await assertRefused(clients, second.token, 'unknown')
    await refreshed(clients, bystander.token)
  },

  'a random secret with the right id is a guess: nothing happens, before a rotation and after':
    async (fixture) => {
      const auth = await fixture.auth()
      const clients = clientSessions(auth)
      let { token } = await signInClient(auth, fixture.alice)
      for (let round = 0; round < 3; round += 1) {
        const { id, secret } = parsed(token)
        for (const guess of [
          randomBytes(32),
          Buffer.concat([randomBytes(16), secret.subarray(16)]),
        ]) {
          const forged = formatToken('cloak_', { id, secret: guess })
          await assertRefused(clients, forged, 'unknown')
          assert.equal(await clients.introspect(forged, clientId), undefined)
          assert.deepEqual(await clients.revoke(forged, clientId), [])
        }
        token = (await refreshed(clients, token)).token
        await fixture.advance(pastGrace)
      }
      await refreshed(clients, token)
    },

  "another client's id opens nothing and ends nothing, with the current token or an old one":
    async (fixture) => {
      const auth = await fixture.auth()
      const clients = clientSessions(auth)
      const { token } = await signInClient(auth, fixture.alice)
      const own = await signInAs(auth, fixture.alice)
      const next = await refreshed(clients, token)
      await fixture.advance(pastGrace)
      for (const other of ['frontend', 'BACKEND', 'backend ', '', 'null']) {
        for (const each of [token, next.token, own.token]) {
          await assertRefused(clients, each, 'unknown', other)
          assert.equal(await clients.introspect(each, other), undefined)
          assert.deepEqual(await clients.revoke(each, other), [])
        }
      }
      await refreshed(clients, next.token)
      await assertSignedIn(auth, own.token, "the user's own session")
    },

  'a session of no client is not refreshed, and its step-up has no grace here either': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const clients = clientSessions(auth)
    const { token: old } = await signInAs(auth, fixture.alice)
    const steppedUp = await auth.stepUp(old, { methods: ['pwd'] })
    for (const token of [old, steppedUp?.token]) await assertRefused(clients, token, 'unknown')
    await assertSignedIn(auth, steppedUp?.token ?? '', 'the session')
  },

  'a refresh proves use: the session does not end by idleness': async (fixture) => {
    const options = { idleTimeoutSeconds: 400, touchIntervalSeconds: 1 }
    const auth = await fixture.auth(options)
    const clients = clientSessions(auth)
    let { token } = await signInClient(auth, fixture.alice)
    await fixture.advance(300)
    token = (await refreshed(clients, token)).token
    await auth.close()
    await fixture.advance(300)
    const later = clientSessions(await fixture.authElsewhere(options))
    token = (await refreshed(later, token)).token
    const ending = clientSessions(await fixture.authElsewhere({ idleTimeoutSeconds: 60 }))
    await fixture.advance(60)
    await assertRefused(ending, token, 'idle')
  },

  'a session that has ended is refused and left as it is, whatever it ended of': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const clients = clientSessions(auth)
    const { token } = await signInClient(auth, fixture.bob)
    await auth.block(fixture.bob)
    assert.equal((await clients.refresh(token, clientId)).status, 'refused')
    const removed = await signInClient(auth, fixture.carol)
    await fixture.deactivateUser(fixture.carol)
    await assertRefused(clients, removed.token, 'inactive')
    assert.equal(await clients.introspect(removed.token, clientId), undefined)
    assert.equal(await clients.find(removed.session.id), undefined)
    const aged = await signInClient(auth, fixture.alice)
    await fixture.advance(100)
    const tight = clientSessions(await fixture.authElsewhere({ absoluteTimeoutSeconds: 100 }))
    await assertRefused(tight, aged.token, 'expired')
    await refreshed(clients, aged.token)
  },

  'a client revokes its session with the current token or with one that was replaced': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const clients = clientSessions(auth)
    for (const showsOld of [false, true]) {
      const { token, session } = await signInClient(auth, fixture.alice)
      const next = await refreshed(clients, token)
      assert.equal((await clients.find(session.id))?.session.id, session.id)
      assert.deepEqual(await clients.revoke(showsOld ? token : next.token, clientId), [session.id])
      assert.deepEqual(await clients.revoke(next.token, clientId), [])
      await assertRefused(clients, next.token, 'unknown')
      assert.equal(await clients.find(session.id), undefined)
    }
  },

  'a sign-in for a client is void if the sessions were ended meanwhile': async (fixture) => {
    const auth = await fixture.auth()
    const attempt = await auth.beginSignIn(fixture.alice)
    await auth.revoke({ userId: fixture.alice })
    const late = clientSessions(auth).signIn(attempt, clientId)
    await assert.rejects(late, { code: 'sign_in_superseded' })
    const again = await auth.beginSignIn(fixture.alice)
    for (const bad of ['', 'a b', 'é', 'x'.repeat(256)]) {
      await assert.rejects(clientSessions(auth).signIn(again, bad), TypeError)
    }
  },

  'a refresh against a revocation of all: whoever wins, nothing lives afterwards': async (
    fixture,
  ) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    const clients = clientSessions(elsewhere)
    for (let round = 0; round < rounds; round += 1) {
      const { token } = await signInClient(auth, fixture.alice)
      const both = [
        () => auth.revoke({ userId: fixture.alice }),
        () => clients.refresh(token, clientId),
      ]
      if (round % 2 === 1) both.reverse()
      const results = await Promise.all(both.map((send) => send()))
      for (const result of results) {
        if ('token' in result) await assertRefused(clients, result.token, 'unknown')
      }
      await assertRefused(clients, token, 'unknown')
    }
  },

  'malformed and outdated tokens are refused without a word to the store': async (fixture) => {
    const clients = clientSessions(await fixture.auth())
    for (const [token, reason] of [
      [undefined, 'missing'],
      ['', 'missing'],
      ['x', 'malformed'],
    ] as const) {
      assert.deepEqual(await clients.refresh(token, clientId), { status: 'refused', reason })
      assert.equal(await clients.introspect(token, clientId), undefined)
      assert.deepEqual(await clients.revoke(token, clientId), [])
    }
    assert.equal(await clients.find('x'), undefined)
  },
}

async function signInClient(auth: Auth, userId: UserId, options?: { methods: string[] }) {
  return clientSessions(auth).signIn(await auth.beginSignIn(userId), clientId, options)
}

async function refreshed(clients: Clients, token: string) {
  const answer = await clients.refresh(token, clientId)
  assert(answer.status === 'refreshed', `The token was ${JSON.stringify(answer)}`)
  return answer
}

async function assertRefused(
  clients: Clients,
  token: string | undefined,
  reason: string,
  by: string = clientId,
): Promise<void> {
  assert.deepEqual(await clients.refresh(token, by), { status: 'refused', reason })
}

function parsed(token: string) {
  const found = parseToken('cloak_', token)
  assert(found)
  return found
}
