import assert from 'node:assert/strict'
import { begin } from '../store-cases/session-rows.ts'
import type { FeedCases } from './feed-cases.ts'
import { listenTo } from './recording-listener.ts'

export const silenceCases: FeedCases = {
  'verifications, touches, sign-ins and clean-ups are not told': async (fixture, t) => {
    if (!fixture.harness.isExact) return t.skip('It tells of any change')
    const { store, harness, alice, bob } = fixture
    const old = await begin(fixture, bob, { lifetimeMs: 60_000 })
    const { id } = await begin(fixture, alice)
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    const from = listener.invalidations.length
    for (let count = 0; count < 20; count += 1) {
      await other.find(id)
      await begin({ ...fixture, store: other }, alice)
      await other.epoch(bob, null)
      await other.list(alice)
    }
    await fixture.advance(61)
    await other.touch([id], 0)
    await other.prune()
    await other.stats()
    await listener.untilConfirmed()
    // That a row is past its deadline everybody knows by themselves.
    const told = listener.invalidations.slice(from)
    assert.deepEqual(told, [], `also of ${Buffer.from(old.id).toString('hex')}`)
  },

  'a change tells only of those whom it concerns': async (fixture, t) => {
    if (!fixture.harness.isExact) return t.skip('It tells of any change')
    const { store, harness, alice, bob } = fixture
    const { session } = await begin(fixture, alice)
    const bystander = await begin(fixture, bob)
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    const from = listener.heard.length
    await other.revoke({ sessionId: session.id })
    await other.block(alice)
    await other.unblock(alice)
    await listener.untilConfirmed()
    assert(listener.covers(session, from))
    assert(!listener.covers(bystander.session, from))
  },
}
