import assert from 'node:assert/strict'
import type { Cases } from './cases.ts'
import { assertDead, assertLive, begin, newSession, setOf } from './session-rows.ts'

export const blockCases: Cases = {
  'a block ends all sessions of the user, names them, and leaves others alone': async (fixture) => {
    const { store, alice, bob } = fixture
    const own = [await begin(fixture, alice), await begin(fixture, alice, { impersonatorId: bob })]
    const other = await begin(fixture, bob)
    assert.deepEqual(setOf(await store.block(alice)), setOf(own.map(({ id }) => id)))
    for (const session of own) await assertDead(store, session, 'each session of the user')
    await assertLive(store, other, "somebody else's session")
  },

  'a blocked user gets no session, not even from a sign-in that began afterwards': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    await store.block(alice)
    const epoch = await store.epoch(alice, null)
    for (const wanted of [newSession(fixture, alice), newSession(fixture, alice, { epoch })]) {
      assert.deepEqual(await store.create(wanted), { outcome: 'superseded' })
      assert.equal(await store.find(wanted.id), undefined)
    }
  },

  'a session whose impersonator is blocked is found as blocked, or not at all': async (fixture) => {
    const { store, alice, bob } = fixture
    const acted = await begin(fixture, alice, { impersonatorId: bob })
    await store.block(bob)
    const found = await store.find(acted.id)
    assert(found === undefined || found.blocked)
    await assertDead(store, acted, 'the impersonated session')
  },

  'an unblock brings nothing back, and lets new sessions begin': async (fixture) => {
    const { store, alice } = fixture
    const old = await begin(fixture, alice)
    await store.block(alice)
    await store.unblock(alice)
    await assertDead(store, old, 'the old session')
    await assertLive(store, await begin(fixture, alice), 'a session begun after the unblock')
  },

  'blockedAt tells since when, and null of who is not blocked': async (fixture) => {
    const { store, alice, stranger } = fixture
    assert.equal(await store.blockedAt(alice), null)
    assert.equal(await store.blockedAt(stranger), null)
    const { session } = await begin(fixture, alice)
    await store.block(alice)
    const since = await store.blockedAt(alice)
    assert(since !== null && since >= session.createdAt)
    assert(since <= session.createdAt + fixture.precisionMs)
    await store.unblock(alice)
    assert.equal(await store.blockedAt(alice), null)
  },

  'a second block ends nothing and keeps the time of the first': async (fixture) => {
    const { store, alice } = fixture
    await store.block(alice)
    await fixture.advance(100)
    const since = await store.blockedAt(alice)
    assert.deepEqual(await store.block(alice), [])
    assert.equal(await store.blockedAt(alice), since)
  },

  'an unblock of who is not blocked ends nothing': async (fixture) => {
    const { store, alice } = fixture
    const session = await begin(fixture, alice)
    await store.unblock(alice)
    await assertLive(store, session, 'the session')
    await store.block(alice)
    await store.unblock(alice)
    const next = await begin(fixture, alice)
    await store.unblock(alice)
    await assertLive(store, next, 'the session begun after the first unblock')
  },

  'a user is blocked who has no row in the users table, and stays so when it gets one': async (
    fixture,
  ) => {
    const { store, stranger } = fixture
    assert.deepEqual(await store.block(stranger), [])
    assert.notEqual(await store.blockedAt(stranger), null)
    await fixture.addUser(stranger)
    const wanted = newSession(fixture, stranger)
    assert.deepEqual(await store.create(wanted), { outcome: 'superseded' })
  },

  'a block is seen over another connection as soon as it is acknowledged': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    const session = await begin(fixture, alice)
    await assertLive(elsewhere, session, 'the session')
    await store.block(alice)
    await assertDead(elsewhere, session, 'the session, over the other connection')
    assert.notEqual(await elsewhere.blockedAt(alice), null)
  },

  'a block and an unblock at once leave no session that began before both': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (let round = 0; round < 10; round += 1) {
      const session = await begin(fixture, alice)
      await Promise.all([store.block(alice), elsewhere.unblock(alice)])
      await store.unblock(alice)
      await assertDead(store, session, 'the session')
    }
  },
}
