import assert from 'node:assert/strict'
import type { Cases } from './cases.ts'
import { revocations } from './revocations.ts'
import { begin, isLive } from './session-rows.ts'

export const epochCases: Cases = {
  'epochs only grow, whatever is done': async (fixture) => {
    const { store, alice } = fixture
    const actions: Record<string, () => Promise<unknown>> = {
      ...Object.fromEntries(
        Object.entries(revocations).map(([name, revocation]) => [
          name,
          () => revocation(store, alice, fixture),
        ]),
      ),
      'a second block': () => store.block(alice),
      unblock: () => store.unblock(alice),
      'a second unblock': () => store.unblock(alice),
      prune: () => store.prune(),
      'deletion of the user': async () => fixture.removeUser(alice),
      'the return of the user': async () => fixture.addUser(alice),
    }
    let before = await store.epoch(alice, null)
    for (const [name, act] of Object.entries(actions)) {
      await act()
      const after = await store.epoch(alice, null)
      assert(after >= before, `${name} must not lower the epoch`)
      before = after
    }
  },

  'what ends all sessions of a user raises its epoch, and leaves that of others': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    for (const [name, revocation] of Object.entries(revocations)) {
      if (name === 'revocation of everybody') continue
      const [ofAlice, ofBob] = [await store.epoch(alice, null), await store.epoch(bob, null)]
      await revocation(store, alice, fixture)
      assert((await store.epoch(alice, null)) > ofAlice, `${name} must raise the epoch`)
      await store.unblock(alice)
      assert.equal(await store.epoch(bob, null), ofBob, `${name} must leave others alone`)
    }
  },

  'the end of everybody raises the epoch of each, and of nobody': async ({ store, alice }) => {
    const before = [await store.epoch(alice, null), await store.epoch(null, null)]
    await store.revoke({ everybody: true })
    const after = [await store.epoch(alice, null), await store.epoch(null, null)]
    assert(Number(after[0]) > Number(before[0]))
    assert(Number(after[1]) > Number(before[1]))
  },

  'the epoch of an impersonated session counts both users': async ({ store, alice, bob }) => {
    const start = await store.epoch(alice, bob)
    await store.revoke({ userId: alice })
    const afterAlice = await store.epoch(alice, bob)
    await store.revoke({ userId: bob })
    assert(afterAlice > start)
    assert((await store.epoch(alice, bob)) > afterAlice)
  },

  'a user of whom nothing is known has an epoch, which can be raised': async ({
    store,
    stranger,
  }) => {
    const before = await store.epoch(stranger, null)
    assert.deepEqual(await store.revoke({ userId: stranger }), [])
    assert((await store.epoch(stranger, null)) > before)
  },

  'the end of one session leaves the others live': async (fixture) => {
    const { store, alice } = fixture
    const [one, other] = [await begin(fixture, alice), await begin(fixture, alice)]
    await store.revoke({ sessionId: one.id })
    assert.equal(await isLive(store, other), true)
  },

  'a user who was deleted and came back has none of the old sessions': async (fixture) => {
    const { store, alice } = fixture
    const session = await begin(fixture, alice)
    await store.revoke({ userId: alice })
    await fixture.removeUser(alice)
    await fixture.addUser(alice)
    assert.equal(await isLive(store, session), false)
  },
}
