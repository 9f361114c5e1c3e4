import assert from 'node:assert/strict'
import { readInstant } from '../../core/instant.ts'
import type { StoredSession } from '../../core/store.ts'
import { integerBelow, seededRandom } from '../random.ts'
import { begin, hexOf } from '../store-cases/session-rows.ts'
import type { FeedCases } from './feed-cases.ts'
import { listenTo } from './recording-listener.ts'
import { until } from './until.ts'

export const orderCases: FeedCases = {
  'it listens before it confirms, and confirms again and again': async ({ store, harness }) => {
    const listener = await listenTo(store.feed, harness.sources)
    for (let count = 0; count < 3; count += 1) await listener.untilConfirmed()
    const listening = new Set<string>()
    let last = -Infinity
    for (const each of listener.heard) {
      if (each.kind === 'listening') listening.add(each.source)
      if (each.kind !== 'confirmed') continue
      assert(listening.has(each.source))
      assert(each.startedAt <= readInstant().monotonic)
      last = Math.max(last, each.startedAt)
    }
    assert(last > 0)
  },

  'what was acknowledged before a round trip began is told before that is confirmed': async (
    fixture,
    t,
  ) => {
    const { store, harness, alice, bob } = fixture
    const random = seededRandom(t)
    const others = await Promise.all([fixture.another(), fixture.another()])
    const listener = await listenTo(store.feed, harness.sources)
    const acknowledged: { session: StoredSession; at: number }[] = []
    const revoking = others.map(async (other, index) => {
      const owner = index === 0 ? alice : bob
      for (let count = 0; count < 60; count += 1) {
        const { id, session } = await begin({ ...fixture, store: other }, owner)
        if (integerBelow(random, 4) === 0) await other.revoke({ userId: owner })
        else await other.revoke({ sessionId: id })
        acknowledged.push({ session, at: readInstant().monotonic })
      }
    })
    await Promise.all(revoking)
    await listener.untilConfirmed()
    for (const { session, at } of acknowledged) {
      const confirmed = listener.heard.findIndex(
        (each) => each.kind === 'confirmed' && each.startedAt > at,
      )
      assert(listener.covers(session, 0, confirmed), `not told in time: ${hexOf([session.id])}`)
    }
  },

  'a connection that is lost is told, and after the next one everything is heard again': async (
    fixture,
    t,
  ) => {
    const { cut } = fixture.harness
    if (cut === undefined) return t.skip('There is nothing to cut')
    const { store, harness, alice } = fixture
    const { id, session } = await begin(fixture, alice)
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    const from = listener.heard.length
    await cut()
    await until('it is told, and listens again to each of its sources', () => {
      const since = listener.heard.slice(from)
      const last = (kind: string, source: string) =>
        since.findLastIndex(
          (each) => each.kind !== 'invalidated' && each.kind === kind && each.source === source,
        )
      return [...listener.sources].every((source) => {
        return last('lost', source) !== -1 && last('listening', source) > last('lost', source)
      })
    })
    await listener.untilConfirmed()
    const again = listener.heard.length
    await other.revoke({ sessionId: id })
    await listener.untilConfirmed()
    assert(listener.covers(session, again))
  },

  'a database that cannot answer confirms nothing': async (fixture, t) => {
    const { store, harness } = fixture
    if (harness.breakDown === undefined) return t.skip('Its database cannot fail')
    const listener = await listenTo(store.feed, harness.sources)
    await harness.breakDown()
    const broken = readInstant().monotonic
    await until('it is told', () => listener.heard.at(-1)?.kind === 'lost')
    const late = listener.heard.some((each) => each.kind === 'confirmed' && each.startedAt > broken)
    assert(!late)
  },

  'after close it tells nothing, and holds nothing open': async (fixture) => {
    const { store, harness, alice } = fixture
    const { id } = await begin(fixture, alice)
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    await store.feed?.close()
    const count = listener.heard.length
    await other.revoke({ sessionId: id })
    await other.find(id)
    assert.equal(listener.heard.length, count)
  },
}
