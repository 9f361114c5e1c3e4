import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Auth, Fixture } from '../fixture.ts'
import { seededRandom } from '../random.ts'
import { signInAs } from '../sign-in-as.ts'
import { type Cases, casesFor } from '../store-cases/cases.ts'
import { rounds } from '../store-cases/session-rows.ts'
import { interleave } from './interleavings.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'

type End = (auth: Auth, fixture: Fixture) => Promise<unknown>

const ends: Readonly<Record<string, End>> = {
  'a password change, which ends all but one': async (auth, { alice }) => {
    const { session } = await signInAs(auth, alice)
    return auth.revoke({ userId: alice, except: session.id })
  },
  'a revocation of all': (auth, { alice }) => auth.revoke({ userId: alice }),
  'the end of everybody': (auth) => auth.revoke({ everybody: true }),
  'a block': (auth, { alice }) => auth.block(alice),
}

/**
 * What ends sessions against what begins or prolongs them. The three histories that leave a session
 * alive where a time (`created_at >= sessions_valid_after`) and not an epoch decides are here, as
 * far as they can be told without holding a transaction open.
 */
export const raceCases: Cases = {
  ...casesFor(
    ends,
    (end) => `a sign-in whose password check began before ${end} gets no session, however late`,
    async (end, fixture) => {
      const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
      const attempts = await Promise.all(
        [auth, elsewhere].map((process) => process.beginSignIn(fixture.alice)),
      )
      await end(auth, fixture)
      for (const attempt of attempts) {
        await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
      }
      await fixture.advance(3600)
      await auth.unblock(fixture.alice)
      for (const attempt of attempts) {
        await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
      }
      await assertSignedIn(auth, (await signInAs(elsewhere, fixture.alice)).token, 'a new sign-in')
    },
  ),

  ...casesFor(
    ends,
    (end) =>
      `a log-in with the old password, written while ${end} is written, is dead when both are`,
    async (end, fixture) => {
      const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
      for (let round = 0; round < rounds; round += 1) {
        await auth.unblock(fixture.alice)
        const attempt = await elsewhere.beginSignIn(fixture.alice)
        const ending = () => end(auth, fixture)
        const [completed] =
          round % 2 === 0
            ? await Promise.allSettled([attempt.complete(), ending()])
            : (await Promise.allSettled([ending(), attempt.complete()])).toReversed()
        if (completed?.status === 'fulfilled') {
          const { token } = completed.value as { token: string }
          await assertSignedOut(auth, token, 'the session of the old password')
        }
      }
    },
  ),

  'a log-in that begins while a revocation is under way, but checks the password before, is dead':
    async (fixture) => {
      const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
      for (let round = 0; round < rounds; round += 1) {
        let password = 'old'
        const changePassword = async (): Promise<void> => {
          password = 'new'
          await auth.revoke({ userId: fixture.alice })
        }
        const logIn = async (): Promise<string | undefined> => {
          const attempt = await elsewhere.beginSignIn(fixture.alice)
          const checked = password
          await nextTurn()
          const issued = await attempt.complete().catch(() => undefined)
          return checked === 'old' ? issued?.token : undefined
        }
        const [token] = await Promise.all([logIn(), changePassword()])
        if (token !== undefined) await assertSignedOut(auth, token, 'the old password')
      }
    },

  'parallel requests during a step-up: none ends the session, and none brings back the old token':
    async (fixture) => {
      const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
      for (let round = 0; round < rounds; round += 1) {
        const { token, session } = await signInAs(auth, fixture.alice)
        const [steppedUp] = await Promise.all([
          auth.stepUp(token, { methods: ['pwd'] }),
          elsewhere.verify(token),
          elsewhere.update(session.id, { round }),
          auth.verify(token),
        ])
        assert(steppedUp)
        await assertSignedIn(elsewhere, steppedUp.token, 'the new token')
        await assertSignedOut(elsewhere, token, 'the old token', 'unknown')
        const { session: after } = await auth.verify(steppedUp.token)
        assert.deepEqual(after?.data, { round })
        auth.requireStepUp(after)
      }
    },

  'all but one against a concurrent sign-in keeps exactly the one': async (fixture) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    for (let round = 0; round < rounds; round += 1) {
      const kept = await signInAs(auth, fixture.alice)
      const attempt = await elsewhere.beginSignIn(fixture.alice)
      const both = [
        () => auth.revoke({ userId: fixture.alice, except: kept.session.id }),
        () => attempt.complete(),
      ]
      if (round % 2 === 1) both.reverse()
      await Promise.allSettled(both.map((send) => send()))
      const listed = await auth.list(fixture.alice)
      assert.deepEqual(
        listed.map(({ id }) => id),
        [kept.session.id],
      )
      await assertSignedIn(elsewhere, kept.token, 'the kept session')
    }
  },
}

/** Long, and the same for every type of id: run for one. */
export const interleavingCases: Cases = {
  'in 1,000 interleavings nothing survives that comes from before a revocation': async (
    fixture,
    test,
  ) => {
    const random = seededRandom(test)
    const processes = [
      await fixture.auth(),
      await fixture.authElsewhere(),
      await fixture.authElsewhere(),
    ]
    const seen = { survived: 0, superseded: 0, ended: 0 }
    for (let index = 0; index < 1000; index += 1) {
      await interleave({ fixture, processes, random, seen, name: `interleaving ${index}` })
    }
    test.diagnostic(`sessions: ${JSON.stringify(seen)}`)
    // Else the test would show nothing: each of these must have happened, and often.
    for (const count of Object.values(seen)) assert(count > 200, JSON.stringify(seen))
  },
}
