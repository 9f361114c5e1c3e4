import type { Load, LoadRound } from '../measuring/measure-load.ts'
import { median } from '../measuring/statistics.ts'
import { compareRounds, type Ratio } from './summary.ts'

/** What all rounds together say of one target under one load: the medians of the rounds. */
export interface LoadSummary extends LoadRound {
  readonly name: string
  readonly concurrency: number
  readonly rounds: readonly LoadRound[]
}

export function summarizeLoad(
  { target, concurrency }: Load,
  rounds: readonly LoadRound[],
): LoadSummary {
  const of = (figure: keyof LoadRound) => median(rounds.map((round) => round[figure]))
  return {
    name: target.name,
    concurrency,
    operationsPerSecond: of('operationsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    clientCpu: of('clientCpu'),
    rounds,
  }
}

/** How many times as much of a figure one load has as another, round by round. */
export function compareLoads(one: LoadSummary, other: LoadSummary, figure: keyof LoadRound): Ratio {
  const of = ({ rounds }: LoadSummary) => rounds.map((round) => round[figure])
  return compareRounds(of(one), of(other))
}
