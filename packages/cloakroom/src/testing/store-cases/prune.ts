import assert from 'node:assert/strict'
import type { Cases } from './cases.ts'
import { assertLive, begin, setOf } from './session-rows.ts'

export const pruneCases: Cases = {
  'prune deletes what is past its own deadline, and nothing else': async (fixture) => {
    const { store, alice, bob, precisionMs } = fixture
    const lasting = await begin(fixture, alice)
    const expired = await begin(fixture, alice, { lifetimeMs: 60_000 })
    const nearly = await begin(fixture, bob, { lifetimeMs: 60_000 + precisionMs })
    const anonymous = await begin(fixture, null, { lifetimeMs: 30_000 })
    await fixture.advance(60)
    assert.equal(await store.prune(), 2)
    assert.equal(await store.find(expired.id), undefined)
    assert.equal(await store.find(anonymous.id), undefined)
    await assertLive(store, lasting, 'the session with time left')
    assert.notEqual(await store.find(nearly.id), undefined, 'its deadline is yet to come')
    assert.equal(await store.prune(), 0)
    await fixture.advance(precisionMs / 1000)
    assert.equal(await store.prune(), 1)
  },

  'prune leaves the idle alone: how long that may be is not for the store to say': async (
    fixture,
  ) => {
    const { id } = await begin(fixture, fixture.alice, { lifetimeMs: 400 * 86_400_000 })
    await fixture.advance(399 * 86_400)
    assert.equal(await fixture.store.prune(), 0)
    assert.notEqual(await fixture.store.find(id), undefined)
  },

  'prune of nothing deletes nothing': async ({ store }) => {
    assert.equal(await store.prune(), 0)
  },

  'prunes at once from two connections delete everything once, in whatever batches': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    const kept: Uint8Array[] = []
    for (let count = 0; count < 450; count += 1) {
      const lifetimeMs = count % 3 === 0 ? 86_400_000 : 1000
      const { id } = await begin(fixture, alice, { lifetimeMs })
      if (count % 3 === 0) kept.push(id)
    }
    await fixture.advance(10)
    const [one, two] = await Promise.all([store.prune(), elsewhere.prune()])
    assert.equal(one + two, 300)
    assert.deepEqual(setOf((await store.list(alice)).map((row) => row.session.id)), setOf(kept))
  },

  'prune takes the block and the epoch of a user from nobody': async (fixture) => {
    const { store, alice } = fixture
    await begin(fixture, alice, { lifetimeMs: 1000 })
    await store.block(alice)
    await fixture.advance(400 * 86_400)
    const epoch = await store.epoch(alice, null)
    await store.prune()
    assert.equal(await store.epoch(alice, null), epoch)
    assert.notEqual(await store.blockedAt(alice), null)
  },
}
