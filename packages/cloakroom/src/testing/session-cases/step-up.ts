import assert from 'node:assert/strict'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { rounds } from '../store-cases/session-rows.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'

export const stepUpCases: Cases = {
  'rotation gives the same session a new token, and the old one is dead at once, everywhere':
    async (fixture) => {
      const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
      const old = await signInAs(auth, fixture.alice, { data: { a: 1 }, methods: ['pwd'] })
      const rotated = await auth.rotate(old.token)
      assert(rotated)
      const { readAt: _, ...after } = rotated.session
      const { readAt: __, ...before } = old.session
      assert.deepEqual(after, before)
      assert.deepEqual(rotated.user, old.user)
      await assertSignedOut(auth, old.token, 'the old token', 'unknown')
      await assertSignedOut(elsewhere, old.token, 'the old token, elsewhere', 'unknown')
      await assertSignedIn(elsewhere, rotated.token, 'the new token')
    },

  'the new token shares with the old one what it must, and nothing of what makes it new': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const { token: old } = await signInAs(auth, fixture.alice)
    const rotated = await auth.rotate(old)
    const bytes = (token = '') => Buffer.from(token.slice('cloak_'.length, -6), 'base64url')
    const [before, after] = [bytes(old), bytes(rotated?.token)]
    assert.deepEqual(after.subarray(0, 32), before.subarray(0, 32))
    assert.notDeepEqual(after.subarray(32), before.subarray(32))
  },

  'of rotations and step-ups at once one wins, and only its token lives': async (fixture) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    for (let round = 0; round < rounds; round += 1) {
      const { token } = await signInAs(auth, fixture.alice)
      const all = await Promise.all([
        auth.rotate(token),
        elsewhere.stepUp(token, { methods: ['pwd'] }),
        elsewhere.rotate(token),
      ])
      const won = all.filter((each) => each !== undefined)
      assert.equal(won.length, 1)
      await assertSignedIn(auth, won[0]?.token ?? '', "the winner's token")
      await assertSignedOut(auth, token, 'the old token', 'unknown')
    }
  },

  'no token is rotated that proves nothing': async (fixture) => {
    const auth = await fixture.auth()
    const { token, session } = await signInAs(auth, fixture.alice)
    await auth.revoke({ sessionId: session.id })
    for (const dead of [undefined, '', 'x', token]) {
      assert.equal(await auth.rotate(dead), undefined)
      assert.equal(await auth.stepUp(dead, { methods: ['pwd'] }), undefined)
    }
  },

  'a rotation or step-up that is refused leaves the token as it was': async (fixture) => {
    const loose = await fixture.auth()
    const { token } = await signInAs(loose, fixture.alice)
    await fixture.advance(100)
    const tight = await fixture.authElsewhere({ idleTimeoutSeconds: 100 })
    assert.equal(await tight.rotate(token), undefined)
    assert.equal(await tight.stepUp(token, { methods: ['pwd'] }), undefined)
    await assertSignedIn(loose, token, 'the token, by the policy under which it is live')
  },

  'a step-up makes the check of the credential a recent one, and adds how it was made': async (
    fixture,
  ) => {
    const auth = await fixture.auth({ stepUpSeconds: 600 })
    const old = await signInAs(auth, fixture.alice, { methods: ['pwd'] })
    await fixture.advance(1000)
    const found = await auth.verify(old.token)
    assert.throws(() => auth.requireStepUp(found.session), { code: 'step_up_required' })
    const fresh = await auth.stepUp(old.token, { methods: ['otp'] })
    assert(fresh)
    auth.requireStepUp(fresh.session)
    assert.deepEqual(fresh.session.methods, ['otp', 'pwd'])
    await assertSignedOut(auth, old.token, 'the old token', 'unknown')
  },

  'a step-up is needed exactly from the time on that the options say': async (fixture) => {
    const auth = await fixture.auth({ stepUpSeconds: 100 })
    const { token } = await signInAs(auth, fixture.alice)
    const margin = fixture.precisionMs / 1000
    const session = async () => (await auth.verify(token)).session
    await fixture.advance(100 - margin)
    auth.requireStepUp(await session())
    assert.throws(() => auth.requireStepUp(undefined), { code: 'not_authenticated' })
    await fixture.advance(margin)
    const later = await session()
    assert.throws(() => auth.requireStepUp(later), { code: 'step_up_required' })
    auth.requireStepUp(later, 100 + 2 * margin)
    assert.throws(() => auth.requireStepUp(later, 1), { code: 'step_up_required' })
  },

  'rotation alone is no step-up': async (fixture) => {
    const auth = await fixture.auth({ stepUpSeconds: 100 })
    const { token } = await signInAs(auth, fixture.alice)
    await fixture.advance(100)
    const rotated = await auth.rotate(token)
    assert.throws(() => auth.requireStepUp(rotated?.session), { code: 'step_up_required' })
  },
}
