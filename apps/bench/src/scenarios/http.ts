import { startPostgres, startValkey } from '@cloakroom/test-servers'
import { type Cell, measureRounds, type Round } from 'should-i-use-jwt/measuring'
import { type Contender, type Contenders, makeContenders } from '../http/contenders.ts'
import { makeDatabases } from '../http/databases.ts'
import { type Fleet, startFleet } from '../http/fleet.ts'
import { compareFigures, judge } from '../http/judge.ts'
import { median } from '../measuring/statistics.ts'
import { versionsOf } from '../reporting/machine.ts'
import { formatInteger, formatRatio, renderTable } from '../reporting/table.ts'
import { renderVerdict } from '../reporting/verdict.ts'
import type { Report, Scenario, ScenarioOptions } from '../scenario.ts'
import { makeWorkload, type Workload } from '../workload/workload.ts'

const full = { sessions: 10_000, rounds: 10, milliseconds: 500 }
const quickly = { sessions: 100, rounds: 1, milliseconds: 20 }

/** Requests under way at once, each on a connection of its own. */
const concurrency = 32

const routes = [
  { path: '/', name: 'a route that only says who is asking' },
  { path: '/orders', name: 'a route that reads the orders of whoever is asking from its database' },
] as const

type Results = ReadonlyMap<(typeof routes)[number]['path'], ReadonlyMap<Contender, Round[]>>

export const http: Scenario = {
  name: 'http',
  question: 'What do whole applications do over HTTP, by how they authenticate?',

  async run(options: ScenarioOptions): Promise<Report> {
    const { progress, quick, seed, directory } = options
    const { sessions: standard, ...load } = quick ? quickly : full
    const sessions = options.sessions ?? standard
    const workload = makeWorkload(sessions, seed)
    const postgres = await startPostgres()
    const valkey = await startValkey()
    try {
      const urls = { postgresUrl: postgres.url, valkeyUrl: valkey.url }
      const databases = await makeDatabases(workload, { ...urls, directory, progress })
      const contenders = await makeContenders(workload, databases)
      progress(`Starting ${contenders.all.length} applications`)
      const fleet = await startFleet(contenders.all)
      try {
        const results = await measure(fleet, { ...load, workload, progress })
        const size = { sessions, users: workload.users, concurrency, ...load }
        return report(contenders, results, size)
      } finally {
        await fleet.disband()
      }
    } finally {
      await valkey.stop()
      await postgres.stop()
    }
  },
}

async function measure(
  { running }: Fleet,
  {
    rounds,
    milliseconds,
    workload,
    progress,
  }: Omit<typeof full, 'sessions'> & { workload: Workload; progress: (line: string) => void },
): Promise<Results> {
  const cells = routes.flatMap(({ path, name }) =>
    [...running].map(([contender, application]) => {
      const cell: Cell = {
        application,
        workload: { name, concurrency, path, mix: { authenticated: 1 } },
      }
      return { path, contender, cell }
    }),
  )
  let tenths = 0
  const measured = await measureRounds(
    cells.map(({ cell }) => cell),
    {
      rounds,
      milliseconds,
      random: workload.random,
      signal: new AbortController().signal,
      polling: true,
      progress(done) {
        if (done * 10 < tenths + 1) return
        tenths = Math.floor(done * 10)
        progress(`${tenths * 10} % measured`)
      },
    },
  )
  const of = (route: string) =>
    cells
      .filter(({ path }) => path === route)
      .map(({ contender, cell }): [Contender, Round[]] => [contender, measured.get(cell) ?? []])
  return new Map(routes.map(({ path }) => [path, new Map(of(path))]))
}

function report(
  contenders: Contenders,
  results: Results,
  size: typeof full & { users: number; concurrency: number },
): Report {
  const { sessions, users, rounds, milliseconds } = size
  const versions = versionsOf(['cloakroom', 'hono', 'express', 'fastify', ...libraries])
  const of = (contender: Contender) => results.get('/')?.get(contender) ?? []
  const verdicts = judge(contenders, of)
  const tables = routes.flatMap(({ path, name }) => [
    `GET ${path}: ${name}`,
    renderRoute(contenders, results.get(path) ?? new Map()),
  ])
  return {
    text: [
      `${formatInteger(sessions)} sessions of ${formatInteger(users)} users, random access, ${concurrency} requests at once, ${rounds} rounds of ${milliseconds} ms each`,
      ...tables,
      verdicts.map(renderVerdict).join('\n'),
    ].join('\n\n'),
    figures: {
      ...size,
      versions,
      routes: routes.map(({ path }) => ({
        path,
        applications: contenders.all.map((each) => ({
          name: each.name,
          ...summarize(results.get(path)?.get(each) ?? []),
          rounds: results.get(path)?.get(each),
        })),
      })),
      verdicts,
    },
  }
}

const libraries = [
  '@fastify/jwt',
  'better-auth',
  'connect-pg-simple',
  'connect-redis',
  'express-session',
  'iron-session',
  'jose',
]

function renderRoute(
  { all, hono, express }: Contenders,
  results: ReadonlyMap<Contender, Round[]>,
): string {
  const fastify = all.find(({ name }) => name === 'no authentication, Fastify')
  const open = { hono: hono.open, express: express.open, fastify }
  return renderTable(
    ['', 'per second', 'p50 ms', 'p99 ms', 'CPU µs', '× open'],
    all.map((each) => {
      const rounds = results.get(each) ?? []
      const { requestsPerSecond, p50, p99, cpu } = summarize(rounds)
      const reference = results.get(open[each.settings.framework] as Contender) ?? []
      return [
        each.name,
        formatInteger(requestsPerSecond),
        p50.toFixed(2),
        p99.toFixed(2),
        formatInteger(cpu),
        formatRatio(compareFigures(rounds, reference, 'requestsPerSecond').median),
      ]
    }),
  )
}

function summarize(rounds: readonly Round[]): Round {
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]))
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    cpu: of('cpu'),
  }
}
