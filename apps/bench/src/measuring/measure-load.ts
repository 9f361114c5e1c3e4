import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Target } from '../targets/target.ts'
import { checkAuthenticates } from './check-target.ts'
import type { Interleaving } from './measure-interleaved.ts'
import { shuffle } from './random.ts'
import { quantile } from './statistics.ts'

export interface LoadOptions extends Interleaving {
  /** How many operations are under way at once, each in its turn. */
  readonly concurrencies: readonly number[]
}

/** One target under one load. */
export interface Load {
  readonly target: Target
  readonly concurrency: number
}

/** What one round says of one load. Times in nanoseconds. */
export interface LoadRound {
  readonly operationsPerSecond: number
  readonly p50: number
  readonly p99: number
  /** Processor time of this process, the client, for one operation. */
  readonly clientCpu: number
}

const checked = 50

/**
 * Keeps so many operations under way for a while, for each target and concurrency in turn, in another
 * order each round. Closed loop: an operation begins when one ends, as behind a server whose clients
 * wait for their answers.
 * @throws {CheckFailed} if a target does not authenticate
 */
export async function measureLoad(
  targets: readonly Target[],
  { rounds, milliseconds, owners, random, progress, concurrencies }: LoadOptions,
): Promise<Map<Load, LoadRound[]>> {
  if (targets.length === 0) return new Map()
  const sequence = Int32Array.from({ length: 2 ** 20 }, () => random(owners.length))
  const loads = targets.flatMap((target) =>
    concurrencies.map((concurrency): Load => ({ target, concurrency })),
  )
  const results = new Map<Load, LoadRound[]>(loads.map((load) => [load, []]))
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? 'Warming up' : `Round ${round} of ${rounds}`)
    for (const load of shuffle(loads, random)) {
      const sessions = Array.from({ length: checked }, () => random(owners.length))
      await checkAuthenticates(load.target, sessions, owners)
      const result = await runLoad(load, sequence, random(sequence.length), milliseconds)
      if (round > 0) results.get(load)?.push(result)
    }
  }
  return results
}

async function runLoad(
  { target, concurrency }: Load,
  sequence: Int32Array,
  start: number,
  milliseconds: number,
): Promise<LoadRound> {
  const { credentials } = target
  const latencies: number[] = []
  let position = start
  await nextTurn()
  const cpu = process.cpuUsage()
  const begin = process.hrtime.bigint()
  const end = performance.now() + milliseconds

  async function client(): Promise<void> {
    while (performance.now() < end) {
      position = (position + 1) % sequence.length
      const credential = credentials[sequence[position] as number]
      const before = performance.now()
      await target.authenticate(credential)
      latencies.push((performance.now() - before) * 1e6)
    }
  }

  await Promise.all(Array.from({ length: concurrency }, client))
  const elapsed = Number(process.hrtime.bigint() - begin)
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((a, b) => a - b)
  return {
    operationsPerSecond: (latencies.length / elapsed) * 1e9,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    clientCpu: ((user + system) * 1000) / latencies.length,
  }
}
