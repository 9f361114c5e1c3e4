import assert from 'node:assert/strict'
import { leasedCache } from '../../cache/leased-cache.ts'
import type { Auth, AuthOptions } from '../fixture.ts'
import { signInAs } from '../sign-in-as.ts'
import type { FeedCases, FeedFixture } from './feed-cases.ts'
import { until } from './until.ts'

/** A process with a cache, the finds that it asks of its store, and another process. */
async function withCache(fixture: FeedFixture, options: AuthOptions = {}) {
  let finds = 0
  const leaseSeconds = Math.max(0.5, (2 * (fixture.store.feed?.heartbeatMs ?? 0)) / 1000)
  const auth = await fixture.auth(
    { cache: leasedCache({ leaseSeconds }), ...options },
    (store) => ({
      ...store,
      find(id) {
        finds += 1
        return store.find(id)
      },
    }),
  )
  await until('the feed is confirmed', () => auth.feedHealth()?.isConfirmed === true)
  const elsewhere = await fixture.authElsewhere()
  return { auth, elsewhere, finds: () => finds }
}

/** Verifies until the answer comes from memory. */
async function keep(auth: Auth, token: string): Promise<void> {
  await until('it is verified from memory', async () => {
    const hits = auth.feedHealth()?.cache?.hits ?? 0
    assert.equal((await auth.verify(token)).status, 'authenticated')
    return (auth.feedHealth()?.cache?.hits ?? 0) > hits
  })
}

type Ending = (elsewhere: Auth, fixture: FeedFixture, sessionId: string) => unknown

const endings: Readonly<Record<string, Ending>> = {
  'is revoked': (elsewhere, _, sessionId) => elsewhere.revoke({ sessionId }, { settled: true }),
  'is revoked with all of the user': (elsewhere, { alice }) =>
    elsewhere.revoke({ userId: alice }, { settled: true }),
  'is revoked with everybody': (elsewhere) =>
    elsewhere.revoke({ everybody: true }, { settled: true }),
  'is of a user who is blocked': (elsewhere, { alice }) =>
    elsewhere.block(alice, { settled: true }),
}

const endingCases = Object.fromEntries(
  Object.entries(endings).map(([what, end]) => [
    `once a session that ${what} elsewhere is settled, memory does not accept it`,
    async (fixture: FeedFixture) => {
      const { auth, elsewhere } = await withCache(fixture)
      const { token, session } = await signInAs(auth, fixture.alice)
      await keep(auth, token)
      await end(elsewhere, fixture, session.id)
      assert.equal((await auth.verify(token)).status, 'anonymous')
    },
  ]),
)

export const cacheCases: FeedCases = {
  'what is kept is verified without the store': async (fixture) => {
    const { auth, finds } = await withCache(fixture)
    const { token } = await signInAs(auth, fixture.alice)
    await keep(auth, token)
    const before = finds()
    for (let count = 0; count < 100; count += 1) {
      assert.equal((await auth.verify(token)).status, 'authenticated')
    }
    // Of a feed that tells of everything, any write there is may have been told.
    assert(finds() - before <= (fixture.harness.isExact ? 0 : 1))
  },

  ...endingCases,

  'what this process ends itself, it refuses at once': async (fixture) => {
    const { auth } = await withCache(fixture)
    const { token, session } = await signInAs(auth, fixture.alice)
    await keep(auth, token)
    await auth.revoke({ sessionId: session.id })
    assert.equal((await auth.verify(token)).status, 'anonymous')
  },

  'after a rotation elsewhere the old token is refused and the new one accepted': async (
    fixture,
  ) => {
    const { auth, elsewhere } = await withCache(fixture)
    const { token } = await signInAs(auth, fixture.alice)
    await keep(auth, token)
    const rotated = await elsewhere.rotate(token)
    assert.equal((await auth.verify(rotated?.token)).status, 'authenticated')
    await until('the old one is refused', async () => {
      return (await auth.verify(token)).status === 'anonymous'
    })
    assert.equal((await auth.verify(rotated?.token)).status, 'authenticated')
  },

  'data that is changed elsewhere is seen': async (fixture) => {
    const { auth, elsewhere } = await withCache(fixture)
    const { token, session } = await signInAs(auth, fixture.alice)
    await keep(auth, token)
    await elsewhere.update(session.id, { theme: 'dark' })
    await until('it is seen', async () => {
      return (await auth.verify(token)).session?.data.theme === 'dark'
    })
  },

  'a user whom other code makes inactive is refused': async (fixture, t) => {
    if (!fixture.harness.hearsUsers) return t.skip('The users are in another place')
    const { auth } = await withCache(fixture)
    const { token } = await signInAs(auth, fixture.alice)
    await keep(auth, token)
    await fixture.deactivateUser(fixture.alice)
    await until('it is refused', async () => (await auth.verify(token)).status === 'anonymous')
  },
}
