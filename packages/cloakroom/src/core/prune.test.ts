import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { prunePeriodically } from './prune.ts'

const interval = 60_000

function start(t: TestContext, prune: () => Promise<number>, jitter = 0.5) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(Math, 'random', () => jitter)
  const errors: unknown[] = []
  const stop = prunePeriodically({ prune }, interval, (error) => errors.push(error))
  /** Lets time go by, and then what that began. */
  async function pass(ms: number): Promise<void> {
    t.mock.timers.tick(ms)
    await nextTurn()
  }
  return { stop, errors, pass }
}

describe('prune', () => {
  test('runs again and again, an interval after the last run ended', async (t) => {
    let runs = 0
    const { stop, pass } = start(t, async () => {
      runs += 1
      return 0
    })
    await pass(interval - 1)
    assert.equal(runs, 0, 'not at the start, when all processes start')
    await pass(1)
    assert.equal(runs, 1)
    await pass(interval - 1)
    assert.equal(runs, 1)
    await pass(1)
    assert.equal(runs, 2)
    await stop()
  })

  test('the interval is between half and one and a half of what the options say', async (t) => {
    for (const [jitter, expected] of [
      [0, 0.5],
      [0.999_999, 1.5],
    ] as const) {
      let runs = 0
      const { stop, pass } = start(
        t,
        async () => {
          runs += 1
          return 0
        },
        jitter,
      )
      await pass(interval * expected - 1)
      assert.equal(runs, 0)
      await pass(2)
      assert.equal(runs, 1)
      await stop()
      t.mock.timers.reset()
      t.mock.restoreAll()
    }
  })

  test('a run that takes long is not overtaken by the next', async (t) => {
    let runs = 0
    const slow = Promise.withResolvers<number>()
    const { stop, pass } = start(t, () => {
      runs += 1
      return slow.promise
    })
    await pass(interval)
    await pass(10 * interval)
    assert.equal(runs, 1)
    slow.resolve(0)
    await nextTurn()
    await pass(interval)
    assert.equal(runs, 2)
    await stop()
  })

  test('a failure is told of, and does not end it', async (t) => {
    let runs = 0
    const failure = new Error('store_unavailable')
    const { stop, pass, errors } = start(t, () => {
      runs += 1
      if (runs === 1) throw failure
      return runs === 2 ? Promise.reject(failure) : Promise.resolve(0)
    })
    for (let times = 0; times < 3; times += 1) await pass(interval)
    assert.equal(runs, 3)
    assert.deepEqual(errors, [failure, failure])
    await stop()
  })

  test('to stop it waits for the run that is under way, and lets none follow', async (t) => {
    let runs = 0
    const slow = Promise.withResolvers<number>()
    const { stop, pass } = start(t, () => {
      runs += 1
      return slow.promise
    })
    await pass(interval)
    let stopped = false
    const stopping = stop().then(() => {
      stopped = true
    })
    await nextTurn()
    assert.equal(stopped, false)
    slow.resolve(0)
    await stopping
    await pass(10 * interval)
    assert.equal(runs, 1)
  })

  test('stopped before its first run, it never runs', async (t) => {
    let runs = 0
    const { stop, pass } = start(t, async () => {
      runs += 1
      return 0
    })
    await stop()
    await pass(10 * interval)
    assert.equal(runs, 0)
  })
})
