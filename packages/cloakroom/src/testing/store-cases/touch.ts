import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import type { Fixture } from '../fixture.ts'
import type { Cases } from './cases.ts'
import { type Begun, begin, rounds } from './session-rows.ts'

export const touchCases: Cases = {
  'touch moves lastSeenAt to now, and nothing else': async (fixture) => {
    const { store } = fixture
    const touched = await begin(fixture, fixture.alice, { methods: ['pwd'], data: '{"a":1}' })
    await fixture.advance(100)
    await store.touch([touched.id], 0)
    const found = await store.find(touched.id)
    assert(found)
    const { lastSeenAt, ...rest } = found.session
    const idleMs = found.now - lastSeenAt
    assert(idleMs >= 0 && idleMs < fixture.precisionMs, `It was last seen ${idleMs} ms ago`)
    // By differences, because a harness may age the rows instead of moving a clock.
    const { session } = touched
    assert.equal(rest.expiresAt - rest.createdAt, session.expiresAt - session.createdAt)
    assert.equal(rest.authenticatedAt, rest.createdAt)
    assert.equal(rest.data, session.data)
    assert.equal(rest.dataVersion, session.dataVersion)
    assert.deepEqual([...rest.methods], ['pwd'])
    assert.deepEqual(Buffer.from(found.secretHash), Buffer.from(touched.secretHash))
  },

  'touch moves only what was not touched for as long as it says': async (fixture) => {
    const { store, alice, precisionMs } = fixture
    const early = await begin(fixture, alice)
    await fixture.advance(precisionMs / 1000)
    const late = await begin(fixture, alice)
    await fixture.advance(100 - precisionMs / 1000)
    await store.touch([early.id, late.id], 100_000)
    await assertIdle(fixture, [early, late], [0, 100_000 - precisionMs])
    await fixture.advance(precisionMs / 1000)
    await store.touch([early.id, late.id], 100_000)
    await assertIdle(fixture, [early, late], [precisionMs, 0])
  },

  'touch skips the absent and touches the rest': async (fixture) => {
    const { store, alice, clock } = fixture
    const session = await begin(fixture, alice)
    const ended = await begin(fixture, alice)
    await store.revoke({ sessionId: ended.id })
    await fixture.advance(10)
    await store.touch([mintId(alice, clock()), ended.id, session.id], 0)
    await assertIdle(fixture, [session], [0])
    assert.equal((await store.list(alice)).length, 1)
  },

  'touch of nothing does nothing': async ({ store }) => {
    await store.touch([], 0)
  },

  'touch takes a whole batch of ids': async (fixture) => {
    const { store, clock } = fixture
    const session = await begin(fixture, fixture.alice)
    const absent = Array.from({ length: 500 }, () => mintId(null, clock()))
    await fixture.advance(10)
    await store.touch([...absent, session.id], 0)
    await assertIdle(fixture, [session], [0])
  },

  'two touches at once of the same sessions, in opposite order, are both done': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    const sessions: Begun[] = []
    for (let count = 0; count < 20; count += 1) sessions.push(await begin(fixture, alice))
    const ids = sessions.map(({ id }) => id)
    for (let round = 0; round < rounds; round += 1) {
      await fixture.advance(1)
      await Promise.all([store.touch(ids, 0), elsewhere.touch(ids.toReversed(), 0)])
    }
    await assertIdle(
      fixture,
      sessions,
      sessions.map(() => 0),
    )
  },
}

/** That each was last seen so many milliseconds ago, as exactly as the harness can tell. */
async function assertIdle(
  { store, precisionMs }: Fixture,
  sessions: readonly Begun[],
  expectedMs: readonly number[],
): Promise<void> {
  for (const [index, { id }] of sessions.entries()) {
    const found = await store.find(id)
    assert(found)
    const idleMs = found.now - found.session.lastSeenAt
    const least = expectedMs[index] as number
    const message = `It was last seen ${idleMs} ms ago, and not ${least}`
    assert(idleMs >= least && idleMs < least + precisionMs, message)
  }
}
