import type { Round } from '../measuring/measure-interleaved.ts'
import { median, quantile, sortNumbers } from '../measuring/statistics.ts'
import type { Target } from '../targets/target.ts'

/** What all rounds together say of a target, in nanoseconds an operation. */
export interface Summary {
  readonly name: string
  readonly note: string
  /** The median of the rounds' medians. */
  readonly median: number
  /** Quartiles of all samples of all rounds. */
  readonly p25: number
  readonly p75: number
  readonly operationsPerSecond: number
  /** The median of each round. */
  readonly rounds: readonly number[]
}

export function summarize({ name, note }: Target, rounds: readonly Round[]): Summary {
  const medians = rounds.map((round) => round.median)
  const samples = sortNumbers(rounds.flatMap((round) => round.samples))
  const middle = median(medians)
  return {
    name,
    note,
    median: middle,
    p25: quantile(samples, 0.25),
    p75: quantile(samples, 0.75),
    operationsPerSecond: 1e9 / middle,
    rounds: medians,
  }
}

/** How many times as long one takes as another. */
export interface Ratio {
  /** The median of the rounds' ratios: what slows a whole round down does not count. */
  readonly median: number
  /** Quartiles of the rounds' ratios. */
  readonly p25: number
  readonly p75: number
}

export function compare(one: Summary, other: Summary): Ratio {
  return compareRounds(one.rounds, other.rounds)
}

/** How many times the figure of the other each is, round by round. */
export function compareRounds(one: readonly number[], other: readonly number[]): Ratio {
  const ratios = sortNumbers(one.map((figure, round) => figure / (other[round] as number)))
  return {
    median: quantile(ratios, 0.5),
    p25: quantile(ratios, 0.25),
    p75: quantile(ratios, 0.75),
  }
}
