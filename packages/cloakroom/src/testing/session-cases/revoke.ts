import assert from 'node:assert/strict'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { rounds } from '../store-cases/session-rows.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'

export const revokeCases: Cases = {
  'a log-out ends the session of the token, everywhere, and names it': async (fixture) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    const { token, session } = await signInAs(auth, fixture.alice)
    const other = await signInAs(auth, fixture.alice)
    await assertSignedIn(elsewhere, token, 'the session')
    assert.deepEqual(await auth.signOut(token), [session.id])
    await assertSignedOut(elsewhere, token, 'the session', 'unknown')
    await assertSignedIn(auth, other.token, 'the session of another device')
    assert.deepEqual(await auth.signOut(token), [])
  },

  'what is no token logs nobody out': async (fixture) => {
    const auth = await fixture.auth()
    const { token } = await signInAs(auth, fixture.alice)
    for (const none of [undefined, '', 'x', `${token}x`]) {
      assert.deepEqual(await auth.signOut(none), [])
    }
    await assertSignedIn(auth, token, 'the session')
  },

  'a log-out that crosses a step-up of the same session is not lost': async (fixture) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    for (let round = 0; round < rounds; round += 1) {
      const { token, session } = await signInAs(auth, fixture.alice)
      const stepUp = () => elsewhere.stepUp(token, { methods: ['pwd'] })
      const signOut = () => auth.signOut(token)
      const [ended, steppedUp] =
        round % 2 === 0
          ? await Promise.all([signOut(), stepUp()])
          : await stepUp().then(async (first) => [await signOut(), first] as const)
      assert.deepEqual(ended, [session.id])
      await assertSignedOut(auth, steppedUp?.token ?? token, 'the session', 'unknown')
    }
  },

  "nobody ends a session by the id of somebody else's": async (fixture) => {
    const auth = await fixture.auth()
    const { alice, bob } = fixture
    const { token, session } = await signInAs(auth, alice)
    assert.deepEqual(await auth.revoke({ sessionId: session.id, userId: bob }), [])
    await assertSignedIn(auth, token, 'the session')
    const unknownOwner = { sessionId: session.id, userId: undefined } as never
    await assert.rejects(auth.revoke(unknownOwner), { code: 'invalid_user_id' })
    await assertSignedIn(auth, token, 'the session')
    assert.deepEqual(await auth.revoke({ sessionId: session.id, userId: alice }), [session.id])
  },

  'what is not the id of a session ends nothing': async (fixture) => {
    const auth = await fixture.auth()
    const { token, session } = await signInAs(auth, fixture.alice)
    const { id } = session
    const none = [id.toUpperCase(), ` ${id}`, `${id}\n`, id.replaceAll('-', ''), '', `{${id}}`, '%']
    for (const sessionId of none) assert.deepEqual(await auth.revoke({ sessionId }), [])
    await assert.rejects(auth.revoke({ sessionId: undefined as never }), TypeError)
    await assertSignedIn(auth, token, 'the session')
  },

  'all but one keeps the one; all that is no session id is refused instead of ending all': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const { alice, bob } = fixture
    const kept = await signInAs(auth, alice)
    const other = await signInAs(auth, alice)
    const foreign = await signInAs(auth, bob)
    for (const except of ['', 'x', kept.session.id.toUpperCase()]) {
      await assert.rejects(auth.revoke({ userId: alice, except }), TypeError)
    }
    await assert.rejects(auth.revoke({ userId: alice, except: undefined as never }), TypeError)
    await assertSignedIn(auth, other.token, 'the other session')
    const ended = await auth.revoke({ userId: alice, except: kept.session.id })
    assert.deepEqual(ended, [other.session.id])
    await assertSignedIn(auth, kept.token, 'the kept session')
    await assertSignedOut(auth, other.token, 'the other session', 'unknown')

    assert.deepEqual(await auth.revoke({ userId: alice, except: foreign.session.id }), [
      kept.session.id,
    ])
    await assertSignedIn(auth, foreign.token, 'the session of somebody else')
  },

  'everybody ends everything, and is never meant by mistake': async (fixture) => {
    const auth = await fixture.auth()
    const tokens = [
      (await signInAs(auth, fixture.alice)).token,
      (await signInAs(auth, fixture.bob)).token,
      (await auth.createAnonymous()).token,
    ]
    const nobody = { userId: undefined } as never
    await assert.rejects(auth.revoke(nobody), { code: 'invalid_user_id' })
    const mistakes = [{}, { everybody: false }, { everybody: undefined }, { everybody: 'yes' }]
    for (const mistake of mistakes) await assert.rejects(auth.revoke(mistake as never), TypeError)
    assert.equal((await auth.revoke({ everybody: true })).length, 3)
    for (const token of tokens) await assertSignedOut(auth, token, 'each session')
  },

  'what plain SQL does to a user is effective on the next request, in every process': async (
    fixture,
  ) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    const [banned, deleted] = [
      await signInAs(auth, fixture.alice),
      await signInAs(auth, fixture.bob),
    ]
    for (const { token } of [banned, deleted]) await assertSignedIn(elsewhere, token, 'the session')
    await fixture.deactivateUser(fixture.alice)
    await fixture.removeUser(fixture.bob)
    for (const { token } of [banned, deleted]) {
      await assertSignedOut(auth, token, 'the session', 'inactive')
      await assertSignedOut(elsewhere, token, 'the session', 'inactive')
      assert.equal(await auth.rotate(token), undefined)
      assert.equal(await auth.stepUp(token, { methods: ['pwd'] }), undefined)
    }
  },

  'a block ends everything, and lasts until the unblock, which brings nothing back': async (
    fixture,
  ) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    const { token, session } = await signInAs(auth, fixture.alice)
    assert.equal(await auth.blockedAt(fixture.alice), null)
    assert.deepEqual(await auth.block(fixture.alice), [session.id])
    assert((await elsewhere.blockedAt(fixture.alice)) instanceof Date)
    await assertSignedOut(elsewhere, token, 'the session')
    await assert.rejects(signInAs(elsewhere, fixture.alice), { code: 'sign_in_superseded' })
    await auth.unblock(fixture.alice)
    await assertSignedOut(elsewhere, token, 'the session')
    assert.equal(await elsewhere.blockedAt(fixture.alice), null)
    await assertSignedIn(auth, (await signInAs(elsewhere, fixture.alice)).token, 'a new session')
  },

  'the list shows the live sessions of the user, newest first, and no others': async (fixture) => {
    const auth = await fixture.auth({ idleTimeoutSeconds: 100 })
    const { alice, bob } = fixture
    await signInAs(auth, alice)
    await fixture.advance(100)
    const first = await signInAs(auth, alice, { device: 'Firefox on Linux', ip: '192.0.2.1' })
    await fixture.advance(1)
    await signInAs(auth, bob)
    const admin = await signInAs(auth, fixture.carol)
    await auth.impersonate(admin.token, alice)
    await auth.revoke({ userId: fixture.carol })
    const second = await signInAs(auth, alice)
    const listed = await auth.list(alice)
    assert.deepEqual(
      listed.map(({ id }) => id),
      [second.session.id, first.session.id],
    )
    const { device, ip, userId } = listed[1] ?? {}
    assert.deepEqual([device, ip, userId], ['Firefox on Linux', '192.0.2.1', alice])
  },

  'prune deletes what has expired, and says how much': async (fixture) => {
    const auth = await fixture.auth({ absoluteTimeoutSeconds: 100 })
    await signInAs(auth, fixture.alice)
    await fixture.advance(50)
    const { token } = await signInAs(auth, fixture.alice)
    await fixture.advance(50)
    assert.equal(await auth.prune(), 1)
    await assertSignedIn(auth, token, 'the session with time left')
  },
}
