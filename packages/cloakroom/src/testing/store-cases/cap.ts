import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import type { SessionCap } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import type { Fixture } from '../fixture.ts'
import { type Cases, casesFor } from './cases.ts'
import { type Begun, begin, hexOf, isLive, newSession, setOf } from './session-rows.ts'

const policies: Readonly<Record<string, SessionCap['whenReached']>> = {
  'by refusing': 'refuse',
  'by ending the oldest': 'end_oldest',
}

export const capCases: Cases = {
  'at the cap a sign-in is refused, where that is the policy': async (fixture) => {
    const { store, alice } = fixture
    const cap = capOf(2, 'refuse')
    const [one] = [await begin(fixture, alice, { cap }), await begin(fixture, alice, { cap })]
    const refused = newSession(fixture, alice, { cap })
    assert.deepEqual(await store.create(refused), { outcome: 'too_many' })
    assert.equal(await store.find(refused.id), undefined)
    await store.revoke({ sessionId: one.id })
    assert.equal((await store.create(newSession(fixture, alice, { cap }))).outcome, 'created')
  },

  'at the cap a sign-in ends the oldest, where that is the policy, and names it': async (
    fixture,
  ) => {
    const cap = capOf(2, 'end_oldest')
    const [oldest, second] = [await beginLater(fixture, cap), await beginLater(fixture, cap)]
    const third = await beginLater(fixture, cap)
    assert.deepEqual(hexOf(third.removed), hexOf([oldest.id]))
    assert.deepEqual(await liveOf(fixture, [oldest, second, third]), [false, true, true])
  },

  "the oldest is so by the store's time, and not by the clock of the process that made its id":
    async (fixture) => {
      const { alice, clock } = fixture
      const oldest = await begin(fixture, alice, { id: mintId(alice, clock() + 30_000) })
      await fixture.advance(1)
      const newer = await begin(fixture, alice, { id: mintId(alice, clock() - 30_000) })
      const { removed } = await beginLater(fixture, capOf(2, 'end_oldest'))
      assert.deepEqual(hexOf(removed), hexOf([oldest.id]))
      assert.deepEqual(await liveOf(fixture, [newer]), [true])
    },

  'a cap that was lowered ends as many as are too many': async (fixture) => {
    const many: Begun[] = []
    for (let count = 0; count < 5; count += 1) many.push(await beginLater(fixture, undefined))
    const { removed } = await beginLater(fixture, capOf(2, 'end_oldest'))
    assert.deepEqual(setOf(removed), setOf(many.slice(0, 4).map(({ id }) => id)))
  },

  ...casesFor(
    policies,
    (how) => `parallel sign-ins under a cap hold it ${how}`,
    async (whenReached, fixture) => {
      const { store, alice } = fixture
      const limit = 3
      const stores = [store, await fixture.another(), await fixture.another()]
      for (let round = 0; round < 5; round += 1) {
        const wanted = Array.from({ length: limit + 3 }, () =>
          newSession(fixture, alice, { cap: capOf(limit, whenReached) }),
        )
        const created = await Promise.all(
          wanted.map((session, index) => stores[index % stores.length]?.create(session)),
        )
        const live = await Promise.all(wanted.map((session) => isLive(store, session)))
        assert.equal(live.filter(Boolean).length, limit)
        const refused = created.filter((each) => each?.outcome === 'too_many').length
        assert.equal(refused, whenReached === 'refuse' ? 3 : 0)
        await store.revoke({ userId: alice })
      }
    },
  ),

  'the session that a sign-in replaces leaves its place under the cap to it': async (fixture) => {
    const cap = capOf(1, 'refuse')
    const { id, familyHash } = await begin(fixture, fixture.alice, { cap })
    const replaces = { id, familyHash, carryData: false }
    const { removed } = await begin(fixture, fixture.alice, { cap, replaces })
    assert.deepEqual(hexOf(removed), hexOf([id]))
  },

  'dead sessions take no place under the cap: expired, idle, too old or revoked': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const cap = { ...capOf(1, 'refuse'), idleTimeoutMs: 600_000, absoluteTimeoutMs: 3_600_000 }
    const signIn = (change = {}) => store.create(newSession(fixture, alice, { cap, ...change }))

    const expiring = await begin(fixture, alice, { lifetimeMs: 60_000 })
    await fixture.advance(60)
    assert.equal((await signIn()).outcome, 'created', `${hexOf([expiring.id])} has expired`)
    assert.equal((await signIn()).outcome, 'too_many')
    await fixture.advance(600)
    assert.equal((await signIn()).outcome, 'created', 'the one before is idle')

    await store.revoke({ userId: alice })
    const old = await begin(fixture, alice)
    await fixture.advance(3600)
    await store.touch([old.id], 0)
    assert.equal((await signIn()).outcome, 'created', 'the one before is too old')

    await store.revoke({ userId: alice })
    const transient = { ...cap, idleTimeoutMs: 3_600_000, nonPersistentTimeoutMs: 1_800_000 }
    await begin(fixture, alice, { persistent: false })
    await fixture.advance(1800)
    const afterHalfAnHour = (await signIn({ cap: transient })).outcome
    assert.equal(afterHalfAnHour, 'created', 'the one before ended with its browser')

    await store.revoke({ userId: alice })
    await begin(fixture, alice, { impersonatorId: bob })
    assert.equal((await signIn()).outcome, 'created', 'an impersonated one does not count')
    assert.equal((await signIn()).outcome, 'too_many')
  },

  'who is impersonated loses no session to the cap': async (fixture) => {
    const { alice, bob } = fixture
    const own = await beginLater(fixture, capOf(1, 'end_oldest'))
    const acted = await begin(fixture, alice, { impersonatorId: bob })
    assert.deepEqual(await liveOf(fixture, [own, acted]), [true, true])
    const next = await beginLater(fixture, capOf(1, 'end_oldest'))
    assert.deepEqual(await liveOf(fixture, [own, acted, next]), [false, true, true])
  },

  'a session of a client takes no place under the cap': async (fixture) => {
    const { store, alice } = fixture
    await begin(fixture, alice, { clientId: 'backend' })
    const cap = capOf(1, 'refuse')
    assert.equal((await store.create(newSession(fixture, alice, { cap }))).outcome, 'created')
  },

  'the sessions of others, and anonymous ones, take no place under the cap': async (fixture) => {
    const { store, alice, bob } = fixture
    await begin(fixture, bob)
    await begin(fixture, null)
    const cap = capOf(1, 'refuse')
    assert.equal((await store.create(newSession(fixture, alice, { cap }))).outcome, 'created')
    assert.equal((await store.create(newSession(fixture, null))).outcome, 'created')
  },
}

function capOf(limit: number, whenReached: SessionCap['whenReached']): SessionCap {
  const day = 86_400_000
  return {
    limit,
    whenReached,
    idleTimeoutMs: day,
    absoluteTimeoutMs: day,
    nonPersistentTimeoutMs: day / 2,
  }
}

async function beginLater(
  fixture: Fixture,
  cap: SessionCap | undefined,
  userId: UserId = fixture.alice,
): Promise<Begun> {
  await fixture.advance(1)
  return begin(fixture, userId, { cap })
}

function liveOf({ store }: Fixture, sessions: readonly Begun[]): Promise<boolean[]> {
  return Promise.all(sessions.map((session) => isLive(store, session)))
}
