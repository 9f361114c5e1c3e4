import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import { type Cases, casesFor } from './cases.ts'
import { type Revocation, revocations } from './revocations.ts'
import { assertDead, assertLive, begin, hexOf, isLive, newSession } from './session-rows.ts'

export const createCases: Cases = {
  'create never overwrites: a taken id is refused, and its session stays as it was': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const first = await begin(fixture, alice, { data: '{"owner":"alice"}' })
    const second = newSession(fixture, bob, { id: first.id, data: '{"owner":"bob"}' })
    await assert.rejects(store.create(second), { code: 'store_unavailable' })
    const found = await store.find(first.id)
    assert.equal(found?.session.userId, alice)
    assert.deepEqual(JSON.parse(found.session.data), { owner: 'alice' })
    await assertLive(store, first, 'the session that had the id')
    await assertDead(store, second, 'the one that was refused')
  },

  ...casesFor(
    revocations,
    (name) => `a sign-in that began before a ${name} gets no session`,
    async (revocation: Revocation, fixture) => {
      const { store, alice } = fixture
      const epoch = await store.epoch(alice, null)
      await revocation(store, alice, fixture)
      const late = newSession(fixture, alice, { epoch })
      assert.deepEqual(await store.create(late), { outcome: 'superseded' })
      assert.equal(await store.find(late.id), undefined)
    },
  ),

  'a sign-in that began before a block gets no session after the unblock': async (fixture) => {
    const { store, alice } = fixture
    const epoch = await store.epoch(alice, null)
    await store.block(alice)
    await store.unblock(alice)
    const late = newSession(fixture, alice, { epoch })
    assert.deepEqual(await store.create(late), { outcome: 'superseded' })
  },

  'a sign-in that began during a block gets no session after the unblock': async (fixture) => {
    const { store, alice } = fixture
    await store.block(alice)
    const epoch = await store.epoch(alice, null)
    await store.unblock(alice)
    const late = newSession(fixture, alice, { epoch })
    assert.deepEqual(await store.create(late), { outcome: 'superseded' })
  },

  'a sign-in that began after a revocation gets its session': async (fixture) => {
    const { store, alice } = fixture
    await store.revoke({ userId: alice })
    await store.revoke({ everybody: true })
    const epoch = await store.epoch(alice, null)
    await assertLive(store, await begin(fixture, alice, { epoch }), 'the new session')
  },

  'the revocation of another user supersedes nothing': async (fixture) => {
    const { store, alice, bob } = fixture
    const epoch = await store.epoch(alice, null)
    await store.revoke({ userId: bob })
    await store.block(bob)
    await assertLive(store, await begin(fixture, alice, { epoch }), 'the new session')
  },

  'nobody signs in who does not exist, or is not active': async (fixture) => {
    const { store, alice, stranger } = fixture
    await fixture.deactivateUser(alice)
    for (const userId of [alice, stranger]) {
      const refused = newSession(fixture, userId)
      assert.deepEqual(await store.create(refused), { outcome: 'inactive' })
      assert.equal(await store.find(refused.id), undefined)
    }
  },

  'nobody is impersonated by who does not exist, is not active or is blocked': async (fixture) => {
    const { store, alice, bob, carol, stranger } = fixture
    await fixture.deactivateUser(bob)
    await store.block(carol)
    const by = (impersonatorId: typeof bob) =>
      store.create(newSession(fixture, alice, { impersonatorId, authenticated: false }))
    assert.deepEqual(await by(stranger), { outcome: 'inactive' })
    assert.deepEqual(await by(bob), { outcome: 'inactive' })
    assert.deepEqual(await by(carol), { outcome: 'superseded' })
  },

  'an impersonation that began before either user was signed out everywhere is void': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    for (const revoked of [alice, bob]) {
      const epoch = await store.epoch(alice, bob)
      await store.revoke({ userId: revoked })
      const late = newSession(fixture, alice, { impersonatorId: bob, epoch })
      assert.deepEqual(await store.create(late), { outcome: 'superseded' })
    }
  },

  'an id whose time is not the time of the store is refused, early or late': async (fixture) => {
    const { store, alice, clock } = fixture
    const maxClockSkewMs = 10_000 + fixture.precisionMs
    const created = (offsetMs: number) =>
      store.create(
        newSession(fixture, alice, { id: mintId(alice, clock() + offsetMs), maxClockSkewMs }),
      )
    const tooFar = maxClockSkewMs + fixture.precisionMs
    assert.deepEqual(await created(tooFar), { outcome: 'clock_skew' })
    assert.deepEqual(await created(-tooFar), { outcome: 'clock_skew' })
    assert.equal((await created(10_000)).outcome, 'created')
    assert.equal((await created(-10_000)).outcome, 'created')
    assert.equal((await store.list(alice)).length, 2)
  },

  'an id without a time in it is taken as it is': async (fixture) => {
    const { store, alice } = fixture
    for (const fill of [0, 0xff]) {
      const id = new Uint8Array(16).fill(fill)
      await assertLive(store, await begin(fixture, alice, { id, maxClockSkewMs: undefined }), 'it')
    }
  },

  'a refused sign-in ends nothing': async (fixture) => {
    const { store, alice, bob, clock } = fixture
    const epoch = await store.epoch(alice, null)
    await store.revoke({ userId: alice })
    const { id: takenId } = await begin(fixture, bob)
    const carried = await begin(fixture, null)
    const own = await begin(fixture, alice)
    const day = 86_400_000
    const ending = {
      replaces: { id: carried.id, familyHash: carried.familyHash, carryData: true },
      cap: {
        limit: 1,
        whenReached: 'end_oldest' as const,
        idleTimeoutMs: day,
        absoluteTimeoutMs: day,
        nonPersistentTimeoutMs: day,
      },
    }
    const refused = [
      newSession(fixture, alice, { ...ending, epoch }),
      newSession(fixture, fixture.stranger, ending),
      newSession(fixture, alice, { ...ending, id: mintId(alice, clock() + day) }),
      newSession(fixture, alice, { ...ending, cap: { ...ending.cap, whenReached: 'refuse' } }),
    ]
    const outcomes: string[] = []
    for (const each of refused) outcomes.push((await store.create(each)).outcome)
    assert.deepEqual(outcomes, ['superseded', 'inactive', 'clock_skew', 'too_many'])
    await assert.rejects(store.create(newSession(fixture, alice, { ...ending, id: takenId })), {
      code: 'store_unavailable',
    })
    await assertLive(store, carried, 'the carried session')
    await assertLive(store, own, 'the session under the cap')
  },

  'a log-in that is sent at the same time as a revocation is dead when both are done': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (const [name, revocation] of Object.entries(revocations)) {
      for (let round = 0; round < 10; round += 1) {
        const late = newSession(fixture, alice, { epoch: await store.epoch(alice, null) })
        const pair = [() => store.create(late), () => revocation(elsewhere, alice, fixture)]
        if (round % 2 === 1) pair.reverse()
        await Promise.all(pair.map((send) => send()))
        await assertDead(store, late, `a log-in at the time of a ${name}`)
        await store.unblock(alice)
        await assertDead(store, late, `a log-in at the time of a ${name}, after an unblock`)
      }
    }
  },

  'a session of a client is kept apart: bound to it from the beginning': async (fixture) => {
    const { session, id } = await begin(fixture, fixture.alice, { clientId: 'backend' })
    assert.equal(session.clientId, 'backend')
    assert.equal(await isLive(fixture.store, { id, secretHash: new Uint8Array(32) }), false)
    assert.equal((await fixture.store.find(id))?.session.clientId, 'backend')
  },

  'two sessions made at once are two': async (fixture) => {
    const elsewhere = await fixture.another()
    const [one, other] = await Promise.all([
      begin(fixture, fixture.alice),
      begin({ ...fixture, store: elsewhere }, fixture.alice),
    ])
    const listed = (await fixture.store.list(fixture.alice)).map(({ session }) => session.id)
    assert.deepEqual(hexOf(listed).sort(), hexOf([one.id, other.id]).sort())
  },
}
