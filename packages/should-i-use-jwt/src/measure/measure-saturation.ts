import { availableParallelism } from 'node:os'
import { bootstrap } from '../measuring/bootstrap.ts'
import type { RunningApplication } from '../measuring/start-application.ts'
import type { ContenderEntry } from './contenders/contenders.ts'
import type { Saturation } from './figures.ts'
import type { Fleet } from './fleet.ts'

export interface SaturationOptions {
  /** Is there already, and is left running. */
  readonly first: RunningApplication
  readonly sessions: number
  readonly rounds: number
  readonly milliseconds: number
  readonly progress: (done: number) => void
}

/** With more of them, and all their connections, a server with its usual limit would refuse some. */
const mostProcesses = 8

/** Less than this from one step to the next is no gain. */
const worthwhile = 1.1

/** As many lookups at once, in each process, as let it collect them. */
const concurrency = 64

/** More in each process would take longer to sign in than to measure. */
const mostSessions = 1000

/**
 * How many verifications a second the database answers when nothing else is done: one process, two, four,
 * up to as many as there are cores.
 */
export async function measureSaturation(
  fleet: Fleet,
  reference: ContenderEntry,
  { first, sessions, rounds, milliseconds, progress }: SaturationOptions,
): Promise<Saturation> {
  const most = Math.min(availableParallelism(), mostProcesses)
  const counts = [1, 2, 4].filter((count) => count < most).concat(most)
  const processes = [first]
  try {
    const steps: Saturation['steps'][number][] = []
    for (const count of counts) {
      while (processes.length < count) {
        processes.push(await fleet.start(reference, { sessions: Math.min(sessions, mostSessions) }))
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
    return {
      steps,
      perSecond: Math.max(...steps.map(({ perSecond }) => perSecond.median)),
      isStillRising: isStillRising(steps),
    }
  } finally {
    await Promise.all(processes.slice(1).map((process) => process.close()))
  }
}

function isStillRising(steps: Saturation['steps']): boolean {
  const [before, last] = steps.slice(-2)
  return (
    last !== undefined && last.perSecond.low > (before as typeof last).perSecond.high * worthwhile
  )
}
