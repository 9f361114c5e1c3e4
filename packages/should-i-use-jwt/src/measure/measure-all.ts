import { bootstrap, compareRounds } from '../measuring/bootstrap.ts'
import { type Cell, measureRounds } from '../measuring/measure-rounds.ts'
import { seededRandom } from '../measuring/random.ts'
import type { Round } from '../measuring/run-load.ts'
import type { RunningApplication } from '../measuring/start-application.ts'
import type { MeasureArguments } from './arguments.ts'
import type { ContenderEntry } from './contenders/contenders.ts'
import { referenceId } from './contenders/reference.ts'
import { describePlace, describeUrl } from './databases/parse-place.ts'
import { describeMachine } from './describe-machine.ts'
import type { ContenderFigures, Figures, Machine, WorkloadFigures } from './figures.ts'
import { createFleet, type Fleet } from './fleet.ts'
import { measureSaturation } from './measure-saturation.ts'
import { type Observation, observeContender } from './observe-contender.ts'
import type { Progress } from './progress.ts'
import { usualConcurrency, workloadsOf } from './workloads.ts'
import { fillWorkspace } from './workspace/fill-workspace.ts'
import type { Workspace } from './workspace/workspace.ts'

export interface MeasureOptions {
  readonly workspace: Workspace
  readonly signal: AbortSignal
  readonly progress: Progress
}

const sessionsPerUser = 5

/** Through all sessions in turn, so that a cache has them; two seconds suffice for some ten thousand. */
const warmUpRounds = 8
const warmUpAtOnce = 64

/** @throws {CheckFailed} if a contender did not do what it was measured for */
export async function measureAll(
  given: MeasureArguments,
  { workspace, signal, progress }: MeasureOptions,
): Promise<Figures> {
  const { sessions, jwtSeconds, only } = given
  // Before anything of ours is busy.
  const machine = describeMachine()
  const users = Math.ceil(sessions / sessionsPerUser)
  progress('Making users and what belongs to them')
  await fillWorkspace(workspace.place, { users, signal })
  const fleet = createFleet({ workspace, sessions, users, jwtSeconds, only, signal })
  try {
    return await measureFleet(fleet, given, { machine, signal, progress })
  } finally {
    await fleet.disband()
  }
}

interface FleetSurroundings extends Omit<MeasureOptions, 'workspace'> {
  readonly machine: Machine
}

async function measureFleet(
  fleet: Fleet,
  given: MeasureArguments,
  { machine, signal, progress }: FleetSurroundings,
): Promise<Figures> {
  const { sessions, jwtSeconds, rounds, milliseconds, concurrencies, seed, isQuick, rps } = given
  const running = await startAll(fleet, progress)
  const observations = await observeAll(fleet, running, progress)
  const reference = fleet.entries.find(({ id }) => id === referenceId) as ContenderEntry
  const saturation = await measureSaturation(fleet, reference, {
    first: running.get(reference) as RunningApplication,
    ...{ sessions, rounds, milliseconds },
    progress: (done) => progress('How many verifications the database answers', done),
  })
  for (const [index, application] of [...running.values()].entries()) {
    progress('Warming up', index / running.size)
    await application.verifyMany(warmUpAtOnce, milliseconds * warmUpRounds)
  }

  const workloads = workloadsOf(given)
  const cells = [...running].flatMap(([entry, application]) =>
    workloads
      .filter(({ mix }) => Object.keys(mix).some((kind) => kind in application.credentials))
      .map((workload) => ({ entry, application, workload })),
  )
  // Measured like any other, so that their difference is that of the machine to itself.
  const usual = usualConcurrency(concurrencies)
  const isUsual = ({ entry, workload }: (typeof cells)[number]) =>
    entry === reference && workload.name === 'load' && workload.concurrency === usual
  const twin = { ...(cells.find(isUsual) as (typeof cells)[number]) }
  const results = await measureRounds([...cells, twin], {
    ...{ rounds, milliseconds, signal },
    random: seededRandom(seed),
    progress: (done) => progress('Measuring', done),
  })

  const roundsOf = (cell: Cell) => results.get(cell) as Round[]
  const referenceRounds = (workload: object) =>
    roundsOf(cells.find((cell) => cell.entry === reference && cell.workload === workload) as Cell)
  return {
    date: new Date().toISOString(),
    machine,
    database:
      given.database === undefined ? 'SQLite in a temporary file' : describePlace(given.database),
    ...(given.valkey !== undefined && { valkey: describeUrl(given.valkey) }),
    ...{ sessions, rounds, milliseconds, jwtSeconds, seed, isQuick, concurrencies },
    ...(rps !== undefined && { rps }),
    contenders: fleet.entries.map(
      (entry): ContenderFigures => ({
        ...{ id: entry.id, name: entry.name, seesBans: entry.seesBans },
        ...(observations.get(entry) as Observation),
        workloads: cells
          .filter((cell) => cell.entry === entry)
          .map((cell) => summarize(cell, roundsOf(cell), referenceRounds(cell.workload))),
      }),
    ),
    saturation,
    noise: compareRounds(rates(roundsOf(twin)), rates(referenceRounds(twin.workload))),
  }
}

async function observeAll(
  fleet: Fleet,
  running: ReadonlyMap<ContenderEntry, RunningApplication>,
  progress: Progress,
): Promise<Map<ContenderEntry, Observation>> {
  const observations = new Map<ContenderEntry, Observation>()
  for (const [entry, application] of running) {
    progress('Counting statements, logging out', observations.size / running.size)
    observations.set(entry, await observeContender(fleet, entry, application))
  }
  return observations
}

async function startAll(
  fleet: Fleet,
  progress: Progress,
): Promise<Map<ContenderEntry, RunningApplication>> {
  const running = new Map<ContenderEntry, RunningApplication>()
  for (const entry of fleet.entries) {
    progress('Signing in', running.size / fleet.entries.length)
    running.set(entry, await fleet.start(entry))
  }
  return running
}

function rates(rounds: readonly Round[]): number[] {
  return rounds.map(({ requestsPerSecond }) => requestsPerSecond)
}

function summarize(
  { workload: { name, concurrency } }: Cell,
  rounds: readonly Round[],
  reference: readonly Round[],
): WorkloadFigures {
  const estimate = (of: (round: Round) => number) => bootstrap(rounds.map(of))
  return {
    workload: name,
    concurrency,
    requestsPerSecond: bootstrap(rates(rounds)),
    p50: estimate(({ p50 }) => p50),
    p99: estimate(({ p99 }) => p99),
    cpu: estimate(({ cpu }) => cpu),
    ratio: compareRounds(rates(rounds), rates(reference)),
  }
}
