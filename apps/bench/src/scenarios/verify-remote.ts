import { checkAuthenticates, checkRefuses } from '../measuring/check-target.ts'
import { type Load, type LoadRound, measureLoad } from '../measuring/measure-load.ts'
import { type Cost, countCost, type RemoteTarget } from '../remote/remote-target.ts'
import { compareLoads, type LoadSummary, summarizeLoad } from '../reporting/load-summary.ts'
import { formatInteger, formatRatio, renderTable } from '../reporting/table.ts'
import { renderVerdict, type Verdict } from '../reporting/verdict.ts'
import type { Report, ScenarioOptions } from '../scenario.ts'
import { makeWorkload, type Workload } from '../workload/workload.ts'

const full = { sessions: 50_000, rounds: 7, milliseconds: 1000 }
const quickly = { sessions: 2000, rounds: 2, milliseconds: 200 }

const concurrencies = [1, 64, 256, 1000]
const distantConcurrencies = [1, 2, 4, 8]

export interface RemoteTargets {
  /** One query, or command, a request on the bare driver. */
  readonly bare: RemoteTarget
  readonly all: readonly RemoteTarget[]
  /** The same server from further away: the bare driver first. */
  readonly distant?: readonly [RemoteTarget, ...RemoteTarget[]]
}

/** Looks up what was measured of a target at a concurrency. */
export type FindLoad = (target: RemoteTarget, concurrency: number) => LoadSummary

/** Measures verification over the wire: what the scenarios for servers have in common. */
export async function verifyRemote<Targets extends RemoteTargets>(
  { quick, seed, progress, ...options }: ScenarioOptions,
  {
    open,
    judge,
    server,
  }: {
    readonly open: (workload: Workload) => Promise<Targets>
    readonly judge: (targets: Targets, find: FindLoad) => Verdict[]
    /** Name and version of the server, for the report. */
    readonly server: string
  },
): Promise<Report> {
  const { rounds, milliseconds, sessions: standard } = quick ? quickly : full
  const sessions = options.sessions ?? standard
  const workload = makeWorkload(sessions, seed)
  const targets = await open(workload)
  const { bare, all, distant = [] } = targets
  try {
    for (const target of [...all, ...distant]) await checkRefuses(target)
    const { owners, random } = workload
    const measured = { rounds, milliseconds, owners, random, progress }
    const results = new Map([
      ...(await measureLoad(all, { ...measured, concurrencies })),
      ...(await measureLoad(distant, { ...measured, concurrencies: distantConcurrencies })),
    ])
    for (const target of all) await checkAuthenticates(target, [0, sessions - 1], owners)
    progress('Counting statements')
    const costs: Cost[][] = []
    for (const target of all) costs.push([await countCost(target, 1), await countCost(target, 256)])
    const find = finder(results)
    const verdicts = judge(targets, find)
    const loads = [...results].map(([load, measured]) => summarizeLoad(load, measured))
    return {
      text: [
        `${server}; ${formatInteger(sessions)} sessions of ${formatInteger(workload.users)} users, random access, ${rounds} rounds of ${formatInteger(milliseconds)} ms each`,
        ...concurrencies.map((concurrency) => renderLoads(concurrency, all, bare, find)),
        ...(targets.distant === undefined ? [] : [renderDistant(targets.distant, find)]),
        renderCosts(costs),
        verdicts.map(renderVerdict).join('\n'),
      ].join('\n\n'),
      figures: {
        server,
        sessions,
        users: workload.users,
        rounds,
        milliseconds,
        loads,
        costs,
        verdicts,
      },
    }
  } finally {
    for (const target of [...all, ...distant]) await target.close()
  }
}

function finder(results: ReadonlyMap<Load, LoadRound[]>): FindLoad {
  return (target, concurrency) => {
    for (const [load, rounds] of results) {
      if (load.target === target && load.concurrency === concurrency) {
        return summarizeLoad(load, rounds)
      }
    }
    throw new Error(`${target.name} was not measured with ${concurrency} at once`)
  }
}

function renderLoads(
  concurrency: number,
  targets: readonly RemoteTarget[],
  bare: RemoteTarget,
  find: FindLoad,
): string {
  const floor = find(bare, concurrency)
  return renderTable(
    [`${concurrency} at once`, 'per second', 'p50 µs', 'p99 µs', 'client CPU µs', '× bare'],
    targets.map((target) => {
      const load = find(target, concurrency)
      return [
        target.name,
        formatInteger(load.operationsPerSecond),
        formatInteger(load.p50 / 1000),
        formatInteger(load.p99 / 1000),
        formatInteger(load.clientCpu / 1000),
        formatRatio(compareLoads(load, floor, 'operationsPerSecond').median),
      ]
    }),
  )
}

function renderDistant(
  distant: readonly [RemoteTarget, ...RemoteTarget[]],
  find: FindLoad,
): string {
  const [bare] = distant
  return [
    'A round trip of one millisecond away, median latency',
    renderTable(
      ['', ...distantConcurrencies.map((concurrency) => `${concurrency} at once, µs`)],
      distant.map((target) => [
        target.name,
        ...distantConcurrencies.map((concurrency) => {
          const load = find(target, concurrency)
          const ratio = compareLoads(load, find(bare, concurrency), 'p50').median
          return `${formatInteger(load.p50 / 1000)} (${formatRatio(ratio)})`
        }),
      ]),
    ),
  ].join('\n\n')
}

function renderCosts(costs: readonly (readonly Cost[])[]): string {
  return renderTable(
    ['', 'statements a verify', 'with 256 at once', 'writes per 1,000', 'bytes a session'],
    costs.map(([one, many]) => [
      (one as Cost).name,
      (one as Cost).statementsPerVerify.toFixed(2),
      (many as Cost).statementsPerVerify.toFixed(2),
      formatInteger((one as Cost).writesPerThousand),
      one?.bytesPerSession === undefined ? '' : formatInteger(one.bytesPerSession),
    ]),
  )
}
