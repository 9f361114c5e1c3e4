import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Policy } from './policy.ts'
import { formatId, mintId } from './session-id.ts'
import type { Found, StoredSession } from './store.ts'
import { createToucher, type Toucher } from './touch.ts'

const hour = 3_600_000
const policy: Policy = {
  idleTimeoutMs: 24 * hour,
  absoluteTimeoutMs: 24 * hour,
  nonPersistentTimeoutMs: 24 * hour,
  stepUpMs: hour,
  touchIntervalMs: hour,
  maxClockSkewMs: 60_000,
}

/** A session that was last seen so long ago. */
function found(idleMs: number = 2 * hour, id: Uint8Array = mintId(null, Date.now())): Found {
  const now = Date.now()
  const session = { id, lastSeenAt: now - idleMs } as StoredSession
  return { session, now } as Found
}

interface Recorded {
  readonly toucher: Toucher
  readonly batches: string[][]
  readonly errors: unknown[]
  touch: (ids: readonly Uint8Array[], untouchedForMs: number) => Promise<void>
}

function record(t: TestContext): Recorded {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const batches: string[][] = []
  const errors: unknown[] = []
  const recorded = { batches, errors, touch: async () => {} } as unknown as Recorded
  const store = {
    touch(ids: readonly Uint8Array[], untouchedForMs: number) {
      batches.push(ids.map(formatId))
      return recorded.touch(ids, untouchedForMs)
    },
  }
  return Object.assign(recorded, {
    toucher: createToucher(store, policy, (error) => errors.push(error)),
  })
}

describe('touch', () => {
  test('what is due is collected for a second and written in one statement', async (t) => {
    const { toucher, batches } = record(t)
    const all = [found(), found(), found()]
    for (const each of all) toucher.seen(each)
    t.mock.timers.tick(999)
    assert.deepEqual(batches, [])
    t.mock.timers.tick(1)
    await toucher.flush()
    assert.equal(batches.length, 1)
    assert.deepEqual(new Set(batches[0]), new Set(all.map(({ session }) => formatId(session.id))))
  })

  test('what is not due is not written', async (t) => {
    const { toucher, batches } = record(t)
    toucher.seen(found(0.7 * hour))
    t.mock.timers.tick(10_000)
    await toucher.close()
    assert.deepEqual(batches, [])
  })

  test('a session that is seen often is written once', async (t) => {
    const { toucher, batches } = record(t)
    const each = found()
    for (let times = 0; times < 100; times += 1) toucher.seen(each)
    await toucher.flush()
    assert.deepEqual(batches, [[formatId(each.session.id)]])
  })

  test('ids are written in order, so that two processes cannot wait for each other', async (t) => {
    const { toucher, batches } = record(t)
    for (const time of [5, 1, 9, 3]) toucher.seen(found(2 * hour, mintId(null, time)))
    await toucher.flush()
    assert.deepEqual(batches[0], batches[0]?.toSorted())
    assert.equal(batches[0]?.length, 4)
  })

  test('the statement skips what another process has touched within the shortest interval', async (t) => {
    const recorded = record(t)
    const given: number[] = []
    recorded.touch = async (_, untouchedForMs) => void given.push(untouchedForMs)
    recorded.toucher.seen(found())
    await recorded.toucher.flush()
    assert.deepEqual(given, [0.75 * hour])
  })

  test('many are written at once in batches, without waiting for the second', async (t) => {
    const { toucher, batches } = record(t)
    for (let count = 0; count < 1200; count += 1) toucher.seen(found())
    await toucher.flush()
    assert.deepEqual(
      batches.map(({ length }) => length),
      [500, 500, 200],
    )
  })

  test('one statement is under way at a time', async (t) => {
    const recorded = record(t)
    const first = Promise.withResolvers<void>()
    recorded.touch = () => first.promise
    recorded.toucher.seen(found())
    const flushed = recorded.toucher.flush()
    await nextMicrotasks()
    recorded.toucher.seen(found())
    const again = recorded.toucher.flush()
    await nextMicrotasks()
    assert.equal(recorded.batches.length, 1)
    first.resolve()
    await Promise.all([flushed, again])
    assert.equal(recorded.batches.length, 2)
  })

  test('while the database is locked no more is kept than there are sessions', async (t) => {
    const recorded = record(t)
    const stuck = Promise.withResolvers<void>()
    recorded.touch = () => stuck.promise
    const sessions = Array.from({ length: 10 }, () => found())
    for (let second = 0; second < 100; second += 1) {
      for (const each of sessions) recorded.toucher.seen(each)
      t.mock.timers.tick(1000)
    }
    assert.equal(recorded.batches.length, 1)
    stuck.resolve()
    await recorded.toucher.close()
    assert.deepEqual(
      recorded.batches.map(({ length }) => length),
      [10, 10],
    )
  })

  test('after close nothing more is collected, and no timer is left', async (t) => {
    const { toucher, batches } = record(t)
    await toucher.close()
    toucher.seen(found())
    t.mock.timers.tick(10_000)
    await toucher.flush()
    assert.deepEqual(batches, [])
  })

  test('a failure is told of, rejects nothing, and loses no later touch', async (t) => {
    const recorded = record(t)
    const { toucher, batches, errors } = recorded
    const failure = new Error('store_unavailable')
    recorded.touch = () => Promise.reject(failure)
    const each = found()
    toucher.seen(each)
    await toucher.flush()
    assert.deepEqual(errors, [failure])
    recorded.touch = () => {
      throw failure
    }
    toucher.seen(each)
    await toucher.flush()
    assert.deepEqual(errors, [failure, failure])

    recorded.touch = async () => {}
    toucher.seen(each)
    await toucher.flush()
    assert.equal(batches.length, 3)
    assert.equal(errors.length, 2)
  })

  test('close writes what is collected, and flush of nothing writes nothing', async (t) => {
    const { toucher, batches } = record(t)
    await toucher.flush()
    assert.equal(batches.length, 0)
    toucher.seen(found())
    await toucher.close()
    assert.equal(batches.length, 1)
    t.mock.timers.tick(10_000)
    await toucher.close()
    assert.equal(batches.length, 1)
  })
})

async function nextMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}
