import { availableParallelism } from 'node:os'
import { bootstrap } from '../measuring/bootstrap.ts'
import type { RunningApplication } from '../measuring/start-application.ts'
import type { ContenderEntry } from './contenders/contenders.ts'
import type { Saturation } from './figures.ts'
import type { Fleet } from './fleet.ts'

export interface SaturationOptions {
  readonly rounds: number
  readonly milliseconds: number
  readonly progress: (done: number) => void
}

/** More processes than that are no single machine's. */
const mostProcesses = 16

/** As many lookups at once, in each process, as let it collect them. */
const concurrency = 64

/** Of its own, among all the others. */
const sessionsEach = 1000

/**
 * How many verifications a second the database answers when nothing else is done: one process, two, four,
 * up to as many as there are cores.
 */
export async function measureSaturation(
  fleet: Fleet,
  reference: ContenderEntry,
  { rounds, milliseconds, progress }: SaturationOptions,
): Promise<Saturation> {
  const most = Math.min(availableParallelism(), mostProcesses)
  const counts = [1, 2, 4, 8, 16].filter((count) => count < most).concat(most)
  const processes: RunningApplication[] = []
  try {
    const steps: Saturation['steps'][number][] = []
    for (const count of counts) {
      while (processes.length < count) {
        processes.push(await fleet.start(reference, { sessions: sessionsEach }))
      }
      const perRound: number[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const each = await Promise.all(
          processes.map((process) => process.verifyMany(concurrency, milliseconds)),
        )
        if (round > 0) perRound.push(each.reduce((sum, rate) => sum + rate, 0))
        progress((steps.length + round / rounds) / counts.length)
      }
      steps.push({ processes: count, perSecond: bootstrap(perRound) })
    }
    return { steps, perSecond: Math.max(...steps.map(({ perSecond }) => perSecond.median)) }
  } finally {
    await Promise.all(processes.map((process) => process.close()))
  }
}
