import { shuffle } from './random.ts'
import { type LoadOptions, type Round, runLoad } from './run-load.ts'
import type { RunningApplication } from './start-application.ts'
import type { Workload } from './workload.ts'

/** One application under one workload. */
export interface Cell {
  readonly application: RunningApplication
  readonly workload: Workload
}

export interface RoundsOptions extends LoadOptions {
  readonly rounds: number
  /** Told the share that is done, 0 to 1. */
  readonly progress: (done: number) => void
}

/** Each cell once a round, in another order each round, after a round that only warms up. */
export async function measureRounds(
  cells: readonly Cell[],
  { rounds, progress, ...load }: RoundsOptions,
): Promise<Map<Cell, Round[]>> {
  const results = new Map<Cell, Round[]>(cells.map((cell) => [cell, []]))
  const total = (rounds + 1) * cells.length
  let done = 0
  for (let round = 0; round <= rounds; round += 1) {
    for (const cell of shuffle(cells, load.random)) {
      const result = await runLoad(cell.application, cell.workload, load)
      if (round > 0) results.get(cell)?.push(result)
      done += 1
      progress(done / total)
    }
  }
  return results
}
