import assert from 'node:assert/strict'
import type { Cases } from './cases.ts'
import { begin } from './session-rows.ts'

export const statsCases: Cases = {
  'an empty store counts nothing': async ({ store }) => {
    const nothing = { sessions: 0, anonymous: 0, expired: 0, blockedUsers: 0 }
    assert.deepEqual(await store.stats(), nothing)
  },

  'what is there is counted, live or not': async (fixture) => {
    const { store, alice, bob, carol } = fixture
    await store.block(bob)
    await store.block(carol)
    await store.unblock(carol)
    await begin(fixture, alice)
    await begin(fixture, alice)
    await begin(fixture, null)
    assert.deepEqual(await store.stats(), {
      sessions: 3,
      anonymous: 1,
      expired: 0,
      blockedUsers: 1,
    })
  },

  'what is past its deadline is counted as expired, until it is deleted': async (fixture) => {
    const { store, alice } = fixture
    await begin(fixture, alice, { lifetimeMs: 60_000 })
    await begin(fixture, alice)
    await fixture.advance(61)
    const before = await store.stats()
    // A server that expires keys by itself may have done so.
    assert(before.sessions - before.expired === 1 && before.expired <= 1)
    await store.prune()
    const after = { sessions: 1, anonymous: 0, expired: 0, blockedUsers: 0 }
    assert.deepEqual(await store.stats(), after)
  },
}
