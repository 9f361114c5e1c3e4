import assert from 'node:assert/strict'
import { signInAs } from '../sign-in-as.ts'
import { type Cases, casesFor } from '../store-cases/cases.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'

const policies = { refused: 'refuse', 'ending the oldest': 'end_oldest' } as const

export const capCases: Cases = {
  'a sign-in over the cap is refused, until a session ends': async (fixture) => {
    const auth = await fixture.auth({ maxSessionsPerUser: { limit: 1, whenReached: 'refuse' } })
    const { token } = await signInAs(auth, fixture.alice)
    await assert.rejects(signInAs(auth, fixture.alice), { code: 'too_many_sessions' })
    await assertSignedIn(auth, (await signInAs(auth, fixture.bob)).token, "another user's session")
    const instead = await signInAs(auth, fixture.alice, { carried: token })
    await auth.signOut(instead.token)
    await assertSignedIn(auth, (await signInAs(auth, fixture.alice)).token, 'the next session')
  },

  'a sign-in over the cap ends the oldest session': async (fixture) => {
    const auth = await fixture.auth({ maxSessionsPerUser: { limit: 2, whenReached: 'end_oldest' } })
    const tokens: string[] = []
    for (let count = 0; count < 3; count += 1) {
      tokens.push((await signInAs(auth, fixture.alice)).token)
      await fixture.advance(1)
    }
    const [oldest = '', ...others] = tokens
    await assertSignedOut(auth, oldest, 'the oldest session', 'unknown')
    for (const token of others) await assertSignedIn(auth, token, 'a later session')
  },

  ...casesFor(
    policies,
    (how) => `one more parallel log-in than the cap allows, in two processes: ${how}`,
    async (whenReached, fixture) => {
      const maxSessionsPerUser = { limit: 2, whenReached }
      const auth = await fixture.auth({ maxSessionsPerUser })
      const elsewhere = await fixture.authElsewhere({ maxSessionsPerUser })
      for (let round = 0; round < 5; round += 1) {
        const all = await Promise.allSettled([
          signInAs(auth, fixture.alice),
          signInAs(elsewhere, fixture.alice),
          signInAs(auth, fixture.alice),
        ])
        const refused = all.filter(({ status }) => status === 'rejected').length
        assert.equal(refused, whenReached === 'refuse' ? 1 : 0)
        assert.equal((await auth.list(fixture.alice)).length, 2)
        await auth.revoke({ userId: fixture.alice })
      }
    },
  ),
}
