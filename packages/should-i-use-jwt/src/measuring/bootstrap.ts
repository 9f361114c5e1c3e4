import { type Random, seededRandom } from './random.ts'
import { median, quantile } from './statistics.ts'

/** What was found, and where it lies with 95 % confidence. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

const resamples = 2000

/**
 * The median of what the rounds say, and the percentile bootstrap of it (Efron): rounds are drawn with
 * replacement, because nothing is known of how a shared machine's disturbances are distributed.
 */
export function bootstrap(rounds: readonly number[], random: Random = seededRandom(1)): Estimate {
  const draw = () => rounds[random(rounds.length)] as number
  const medians = Array.from({ length: resamples }, () => median(rounds.map(draw)))
  medians.sort((a, b) => a - b)
  return {
    median: median(rounds),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
  }
}

/** How many times `others` each of `rounds` is, round by round: what disturbs a round meets both. */
export function compareRounds(rounds: readonly number[], others: readonly number[]): Estimate {
  return bootstrap(rounds.map((value, round) => value / (others[round] as number)))
}

/** Whether the rounds show a difference at all: one lies within the interval if they do not. */
export function isDifferent({ low, high }: Estimate): boolean {
  return low > 1 || high < 1
}
