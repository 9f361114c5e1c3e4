import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { integerBelow, type Random, seededRandom } from '../../src/testing/random.ts'
import { checkHistory, type Violation } from './check-history.ts'
import type { Outcome } from './history.ts'
import { readHistory } from './read-history.ts'
import { type Sabotage, shownBy } from './sabotage.ts'
import { type Fault, leaseMs, type Site, waitLeases } from './site.ts'
import { Workers, type WorkerTotals } from './workers.ts'

export interface TortureOptions {
  readonly site: Site
  /** For so long at least, and without sabotage until each fault has been injected once. */
  readonly milliseconds: number
  readonly seed: number
  /** Besides, the fault by which it shows comes before every other one. */
  readonly sabotage?: Sabotage
  readonly log?: (line: string) => void
}

export interface TortureReport extends WorkerTotals {
  readonly faults: Readonly<Record<string, number>>
  readonly verifications: Readonly<Record<Outcome, number>>
  readonly issued: number
  readonly endings: number
  readonly settled: number
  readonly violations: readonly Violation[]
}

const processes = 4

/**
 * Has processes verify, sign in, revoke, block and rotate on a real server while everything around them
 * fails in turn, and checks what they were told.
 */
export async function runTorture(options: TortureOptions): Promise<TortureReport> {
  const { site, seed, sabotage } = options
  process.env.CLOAKROOM_TEST_SEED = String(seed)
  const random = seededRandom({ name: 'faults', diagnostic: () => undefined })
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-torture-'))
  const workers = new Workers({ site, folder, seed, sabotage })
  try {
    await Promise.all(Array.from({ length: processes }, (_, index) => workers.start(index)))
    const faults = { ...processFaults(workers), ...site.faults }
    const counts = await Promise.race([injectFaults(faults, options, random), workers.failed])
    // What is stale shows itself only when the lease is over.
    await delay(2 * leaseMs)
    await workers.stop()
    return { ...judge(folder, site), ...workers.totals, faults: counts }
  } finally {
    await workers.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function processFaults(workers: Workers): Record<string, Fault> {
  return {
    async 'process killed'(random) {
      const index = integerBelow(random, processes)
      await workers.kill(index)
      await workers.start(index)
    },

    async 'process stopped and continued'(random) {
      const index = integerBelow(random, processes)
      workers.pause(index)
      await waitLeases(random, 1.2, 2)
      workers.resume(index)
    },
  }
}

/** All of them in a random order, and again, with quiet in between. */
async function injectFaults(
  faults: Readonly<Record<string, Fault>>,
  { milliseconds, sabotage, log = () => undefined }: TortureOptions,
  random: Random,
): Promise<Record<string, number>> {
  const names = Object.keys(faults)
  const counts = Object.fromEntries(names.map((name) => [name, 0]))
  const until = performance.now() + milliseconds
  const isOver = () => performance.now() >= until
  for (let round = 1; !isOver() || (round === 1 && sabotage === undefined); round += 1) {
    log(`Round ${round}`)
    const order = shuffle(random, names)
    const telling = sabotage && shownBy[sabotage]
    for (const name of telling === undefined ? order : order.flatMap((each) => [telling, each])) {
      if (isOver() && (round > 1 || sabotage !== undefined)) break
      await waitLeases(random, 0.2, 0.5)
      await (faults[name] as Fault)(random)
      counts[name] = (counts[name] ?? 0) + 1
    }
  }
  return counts
}

function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
  const left = [...items]
  return items.flatMap(() => left.splice(integerBelow(random, left.length), 1))
}

function judge(folder: string, { losesSessions }: Site) {
  const history = readHistory(folder)
  const verifications = { accepted: 0, mistaken: 0, anonymous: 0, unavailable: 0 }
  for (const { outcome } of history.checks) verifications[outcome] += 1
  const { issues, endings } = history
  const acknowledged = endings.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined)
  return {
    verifications,
    issued: issues.length,
    endings: acknowledged.length,
    settled: acknowledged.filter(({ isSettled }) => isSettled).length,
    violations: checkHistory(history, { leaseMs, losesSessions }),
  }
}
