import { setImmediate as nextTurn } from 'node:timers/promises'
import { measure } from 'mitata'
import type { Target } from '../targets/target.ts'
import { checkAuthenticates } from './check-target.ts'
import { type Random, shuffle } from './random.ts'

export interface Interleaving {
  /** How many times each target is measured. One more round goes before, to warm up. */
  readonly rounds: number
  /** How long each target is measured in each round, at least. */
  readonly milliseconds: number
  /** The user of each session. */
  readonly owners: Int32Array
  readonly random: Random
  readonly progress: (line: string) => void
}

/** What one round says of one target, in nanoseconds an operation. */
export interface Round {
  readonly median: number
  /** Each the mean of a batch of operations, ascending. */
  readonly samples: readonly number[]
}

/** Operations a sample: enough for the clock, few enough for many samples. */
const batch = 16

/** Operations before each measurement whose answer is checked. */
const checked = 100

/**
 * Measures the targets in turn, in another order each round, so that what else goes on in the
 * machine meets them all alike. The samples are taken by mitata.
 * @throws {CheckFailed} if a target does not authenticate
 */
export async function measureInterleaved(
  targets: readonly Target[],
  { rounds, milliseconds, owners, random, progress }: Interleaving,
): Promise<Map<Target, Round[]>> {
  const sequence = Int32Array.from({ length: 2 ** 20 }, () => random(owners.length))
  const operations = new Map(targets.map((target) => [target, operationOf(target, sequence)]))
  const results = new Map<Target, Round[]>(targets.map((target) => [target, []]))
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? 'Warming up' : `Round ${round} of ${rounds}`)
    for (const target of shuffle(targets, random)) {
      await nextTurn()
      const sessions = Array.from({ length: checked }, () => random(owners.length))
      await checkAuthenticates(target, sessions, owners)
      const result = await sample(
        operations.get(target) as () => unknown,
        milliseconds,
        target.concurrency ?? 1,
      )
      if (round > 0) results.get(target)?.push(result)
    }
  }
  return results
}

/** Every call takes the next session of the sequence, which is the same for all. */
function operationOf(target: Target, sequence: Int32Array): () => unknown {
  const { credentials } = target
  let position = 0
  return () => {
    const session = sequence[position] as number
    position = (position + 1) % sequence.length
    return target.authenticate(credentials[session])
  }
}

async function sample(
  operation: () => unknown,
  milliseconds: number,
  concurrency: number,
): Promise<Round> {
  const { samples, p50 } = await measure(operation, {
    concurrency,
    min_cpu_time: milliseconds * 1e6,
    batch_samples: batch,
    // Slow targets in batches too, or else quartiles of single operations would stand beside
    // quartiles of means.
    batch_threshold: Infinity,
    warmup_threshold: Infinity,
    // Without `--expose-gc` it would allocate a gigabyte instead.
    gc: false,
  })
  return { median: p50 / concurrency, samples: samples.map((time) => time / concurrency) }
}
