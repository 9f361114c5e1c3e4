import assert from 'node:assert/strict'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'
import { replaced } from './wrapped-store.ts'

export const impersonationCases: Cases = {
  'an impersonated session is that of the user, and says who acts': async (fixture) => {
    const auth = await fixture.auth()
    const { alice, bob } = fixture
    const admin = await signInAs(auth, bob, { methods: ['pwd'] })
    const acted = await auth.impersonate(admin.token, alice, { device: 'Firefox on Linux' })
    assert.equal(acted.user.id, alice)
    const verification = await auth.verify(acted.token)
    assert(verification.status === 'authenticated')
    assert.equal(verification.user.id, alice)
    const { session } = verification
    assert.equal(session.userId, alice)
    assert.equal(session.impersonatorId, bob)
    assert.equal(session.persistent, false)
    assert.equal(session.authenticatedAt, null)
    assert.deepEqual(session.methods, [])
    await assertSignedIn(auth, admin.token, "the impersonator's own session")
  },

  'the user sees who acted, in the list of sessions, and can end it': async (fixture) => {
    const auth = await fixture.auth()
    const { alice, bob } = fixture
    const admin = await signInAs(auth, bob)
    const { session, token } = await auth.impersonate(admin.token, alice)
    const [listed] = await auth.list(alice)
    assert.equal(listed?.id, session.id)
    assert.equal(listed.impersonatorId, bob)
    assert.equal((await auth.list(bob)).length, 1)
    assert.deepEqual(await auth.revoke({ sessionId: session.id, userId: alice }), [session.id])
    await assertSignedOut(auth, token, 'the impersonated session')
  },

  'an impersonated session ends after an hour, or as much earlier as was said': async (fixture) => {
    const auth = await fixture.auth()
    const admin = await signInAs(auth, fixture.bob)
    const margin = fixture.precisionMs / 1000
    for (const [lifetimeSeconds, expected] of [
      [undefined, 3600],
      [60, 60],
      // No whole number of milliseconds, which a database would refuse.
      [60.000_4, 60],
    ] as const) {
      const { token } = await auth.impersonate(admin.token, fixture.alice, { lifetimeSeconds })
      await fixture.advance(expected - margin)
      await assertSignedIn(auth, token, 'the impersonated session, before its end')
      await fixture.advance(margin)
      await assertSignedOut(auth, token, 'the impersonated session', 'expired')
    }
    for (const lifetimeSeconds of [0, 0.5, 3601, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const tooLong = auth.impersonate(admin.token, fixture.alice, { lifetimeSeconds })
      await assert.rejects(tooLong, RangeError)
    }
  },

  'neither use nor rotation makes an impersonated session last longer': async (fixture) => {
    const auth = await fixture.auth()
    const admin = await signInAs(auth, fixture.bob)
    let { token } = await auth.impersonate(admin.token, fixture.alice, { lifetimeSeconds: 100 })
    await fixture.advance(90)
    const rotated = await auth.rotate(token)
    assert(rotated)
    token = rotated.token
    await auth.update(rotated.session.id, { a: 1 })
    await fixture.advance(10)
    await assertSignedOut(auth, token, 'the impersonated session', 'expired')
  },

  'an impersonated session cannot step up, nor do what needs it, nor impersonate': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const admin = await signInAs(auth, fixture.bob)
    const { token, session } = await auth.impersonate(admin.token, fixture.alice)
    const refused = { code: 'impersonated_session' }
    await assert.rejects(auth.stepUp(token, { methods: ['pwd'] }), refused)
    assert.throws(() => auth.requireStepUp(session), refused)
    await assert.rejects(auth.impersonate(token, fixture.carol), refused)
    await assertSignedIn(auth, token, 'the impersonated session')
  },

  'only a live session impersonates, and nobody who cannot sign in is impersonated': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const { alice, bob, carol, stranger } = fixture
    const admin = await signInAs(auth, bob)
    for (const token of [undefined, '', 'x']) {
      await assert.rejects(auth.impersonate(token, alice), { code: 'not_authenticated' })
    }
    await assert.rejects(auth.impersonate(admin.token, bob), TypeError)
    await assert.rejects(auth.impersonate(admin.token, stranger), { code: 'user_inactive' })
    await auth.block(carol)
    await assert.rejects(auth.impersonate(admin.token, carol), { code: 'sign_in_superseded' })
    await fixture.deactivateUser(alice)
    await assert.rejects(auth.impersonate(admin.token, alice), { code: 'user_inactive' })
    await auth.signOut(admin.token)
    await assert.rejects(auth.impersonate(admin.token, carol), { code: 'not_authenticated' })
  },

  'an impersonation under way when the impersonator is signed out everywhere is void': async (
    fixture,
  ) => {
    const elsewhere = await fixture.authElsewhere()
    const revoke = () => elsewhere.revoke({ userId: fixture.bob })
    // Right after the epoch was read, and right before the session is made.
    const afterEpoch = await fixture.auth({}, (store) =>
      replaced(store, {
        async epoch(userId, impersonatorId) {
          const epoch = await store.epoch(userId, impersonatorId)
          if (impersonatorId !== null) await revoke()
          return epoch
        },
      }),
    )
    const beforeCreate = await fixture.auth({}, (store) =>
      replaced(store, {
        async create(session) {
          if (session.impersonatorId !== null) await revoke()
          return store.create(session)
        },
      }),
    )
    for (const [auth, code] of [
      [afterEpoch, 'not_authenticated'],
      [beforeCreate, 'sign_in_superseded'],
    ] as const) {
      const admin = await signInAs(auth, fixture.bob)
      await assert.rejects(auth.impersonate(admin.token, fixture.alice), { code })
      assert.deepEqual(await auth.list(fixture.alice), [])
    }
  },

  'an impersonated session ends with all sessions of either user, by block and by SQL': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const { alice, bob } = fixture
    const ends: Record<string, () => Promise<unknown>> = {
      'the user signs out everywhere': () => auth.revoke({ userId: alice }),
      'the impersonator signs out everywhere': () => auth.revoke({ userId: bob }),
      'the user is blocked': () => auth.block(alice),
      'the impersonator is blocked': () => auth.block(bob),
      'everybody is signed out': () => auth.revoke({ everybody: true }),
      'the impersonator is deactivated': async () => fixture.deactivateUser(bob),
    }
    for (const [name, end] of Object.entries(ends)) {
      for (const id of [alice, bob]) await auth.unblock(id)
      const admin = await signInAs(auth, bob)
      const { token } = await auth.impersonate(admin.token, alice)
      await end()
      await assertSignedOut(auth, token, `the impersonated session, when ${name},`)
    }
  },

  'an impersonated session takes no place under a cap, and no sign-in ends it': async (fixture) => {
    const maxSessionsPerUser = { limit: 1, whenReached: 'end_oldest' } as const
    const auth = await fixture.auth({ maxSessionsPerUser })
    const admin = await signInAs(auth, fixture.bob)
    const own = await signInAs(auth, fixture.alice)
    const acted = await auth.impersonate(admin.token, fixture.alice)
    await assertSignedIn(auth, own.token, "the user's own session")
    const next = await signInAs(auth, fixture.alice)
    await assertSignedIn(auth, acted.token, 'the impersonated session')
    await assertSignedIn(auth, next.token, "the user's next session")
    await assertSignedOut(auth, own.token, "the user's own session", 'unknown')
  },
}
