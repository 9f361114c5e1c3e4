import assert from 'node:assert/strict'
import type { Auth } from '../fixture.ts'
import { signInAs } from '../sign-in-as.ts'
import type { FeedCases, FeedFixture } from './feed-cases.ts'
import { until } from './until.ts'

async function withSignal(fixture: FeedFixture) {
  const auth = await fixture.auth()
  const elsewhere = await fixture.authElsewhere()
  await until('the feed is confirmed', () => auth.feedHealth()?.isConfirmed === true)
  const { token } = await signInAs(auth, fixture.alice)
  const { session } = await auth.verify(token)
  assert(session !== undefined)
  return { auth, elsewhere, token, session, signal: session.signal }
}

type Ending = (auths: { auth: Auth; elsewhere: Auth }, fixture: FeedFixture, id: string) => unknown

const endings: Readonly<Record<string, Ending>> = {
  'is revoked elsewhere': ({ elsewhere }, _, sessionId) => elsewhere.revoke({ sessionId }),
  'is revoked here': ({ auth }, _, sessionId) => auth.revoke({ sessionId }),
  'is revoked elsewhere with all of the user': ({ elsewhere }, { alice }) =>
    elsewhere.revoke({ userId: alice }),
  'is revoked elsewhere with everybody': ({ elsewhere }) => elsewhere.revoke({ everybody: true }),
  'is of a user who is blocked elsewhere': ({ elsewhere }, { alice }) => elsewhere.block(alice),
}

const endingCases = Object.fromEntries(
  Object.entries(endings).map(([what, end]) => [
    `the signal of a session that ${what} aborts`,
    async (fixture: FeedFixture) => {
      const { session, signal, ...auths } = await withSignal(fixture)
      await end(auths, fixture, session.id)
      await until('it aborts', () => signal.aborted)
      assert.equal(signal.reason.code, 'session_ended')
      assert.equal(auths.auth.feedHealth()?.signals, 0)
    },
  ]),
)

export const signalCases: FeedCases = {
  ...endingCases,

  'the signal of a user whom other code deletes aborts': async (fixture, t) => {
    if (!fixture.harness.hearsUsers) return t.skip('The users are in another place')
    const { signal } = await withSignal(fixture)
    await fixture.removeUser(fixture.alice)
    await until('it aborts', () => signal.aborted)
  },

  'a session that was revoked between its verification and the use of its signal aborts': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const { token } = await signInAs(auth, fixture.alice)
    const { session } = await auth.verify(token)
    assert(session !== undefined)
    await (await fixture.authElsewhere()).revoke({ sessionId: session.id })
    // Everything that there was to be told has been told by now.
    await until('the feed is confirmed', () => auth.feedHealth()?.isConfirmed === true)
    const { signal } = session
    await until('it aborts', () => signal.aborted)
  },

  'neither a rotation nor a change of data aborts a signal, nor the end of another session': async (
    fixture,
  ) => {
    const { auth, elsewhere, token, session, signal } = await withSignal(fixture)
    const { session: other } = await signInAs(elsewhere, fixture.alice)
    const rotated = await elsewhere.rotate(token)
    assert(rotated !== undefined)
    await elsewhere.update(session.id, { theme: 'dark' })
    const { signal: last } = other
    await elsewhere.revoke({ sessionId: other.id })
    await until('the other one aborts', () => last.aborted)
    assert.equal(auth.feedHealth()?.signals, 1)
    assert.equal(signal.aborted, false)
    await elsewhere.revoke({ sessionId: session.id })
    await until('it aborts', () => signal.aborted)
  },

  'a signal that is released does not abort, and is not kept': async (fixture) => {
    const { auth, session, signal } = await withSignal(fixture)
    assert.equal(session.signal, signal)
    assert.equal(auth.feedHealth()?.signals, 1)
    auth.release(session)
    assert.equal(auth.feedHealth()?.signals, 0)
    await auth.revoke({ sessionId: session.id })
    assert.equal(signal.aborted, false)
  },
}
