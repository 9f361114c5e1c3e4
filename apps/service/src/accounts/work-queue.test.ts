import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorkQueue } from './work-queue.ts'

test('as many run at once as may, the rest in order, and who would wait too long is refused', async () => {
  const queue = createWorkQueue({ concurrency: 2, length: 3 })
  const begun: number[] = []
  const gates = Array.from({ length: 6 }, () => Promise.withResolvers<void>())
  const runs = gates.map(({ promise }, index) =>
    queue.admit((inTurn) =>
      inTurn(() => {
        begun.push(index)
        return promise
      }),
    ),
  )
  await assert.rejects(runs[5] as Promise<void>, { code: 'overloaded', retryAfterSeconds: 2 })
  assert.deepEqual(begun, [0, 1])
  gates[1]?.resolve()
  await runs[1]
  assert.deepEqual(begun, [0, 1, 2])
  for (const { resolve } of gates) resolve()
  await Promise.all(runs.slice(0, 5))
  assert.deepEqual(begun, [0, 1, 2, 3, 4])
})

test('who is let in has a place also before the heavy part', async () => {
  const queue = createWorkQueue({ concurrency: 1, length: 0 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = queue.admit(() => promise)
  await assert.rejects(
    queue.admit(async () => 'second'),
    { code: 'overloaded' },
  )
  resolve()
  await first
  assert.equal(await queue.admit(async () => 'third'), 'third')
})

test('work that fails gives its place and its turn back', async () => {
  const queue = createWorkQueue({ concurrency: 1, length: 0 })
  const failure = new TypeError('broken')
  const broken = queue.admit((inTurn) => inTurn(() => Promise.reject(failure)))
  await assert.rejects(broken, failure)
  assert.equal(await queue.admit((inTurn) => inTurn(async () => 'done')), 'done')
})
