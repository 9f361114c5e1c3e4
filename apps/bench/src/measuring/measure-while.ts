import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from '../targets/target.ts'
import type { Random } from './random.ts'
import { quantile, sortNumbers } from './statistics.ts'

/** What was seen while something else went on. Times in nanoseconds. */
export interface Meanwhile {
  readonly seconds: number
  readonly operations: number
  readonly p50: number
  readonly p99: number
  readonly longest: number
  /** `p99` of each second. */
  readonly p99s: readonly number[]
}

interface MeanwhileOptions {
  /** How many operations are under way at once. */
  readonly concurrency: number
  readonly random: Random
}

/** Keeps so many operations under way until the work is done. */
export async function measureWhile(
  { authenticate, credentials }: Target,
  work: () => Promise<unknown>,
  { concurrency, random }: MeanwhileOptions,
): Promise<Meanwhile> {
  const seconds: number[][] = []
  const begin = performance.now()
  let isDone = false

  async function client(): Promise<void> {
    while (!isDone) {
      const before = performance.now()
      await authenticate(credentials[random(credentials.length)])
      const second = Math.floor((before - begin) / 1000)
      seconds[second] ??= []
      seconds[second].push((performance.now() - before) * 1e6)
    }
  }

  const clients = Array.from({ length: concurrency }, client)
  await work().finally(() => {
    isDone = true
  })
  await Promise.all(clients)
  const latencies = sortNumbers(seconds.flat())
  return {
    seconds: (performance.now() - begin) / 1000,
    operations: latencies.length,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    longest: latencies.at(-1) as number,
    // In the last one there may be too few for a hundredth.
    p99s: seconds.slice(0, -1).map((each) => quantile(sortNumbers(each), 0.99)),
  }
}

/** Nothing else going on. */
export function quiet(milliseconds: number): () => Promise<unknown> {
  return () => delay(milliseconds)
}
