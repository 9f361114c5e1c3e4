import { startPostgres } from '@cloakroom/test-servers'
import { createClient } from '../client.ts'
import { shuffle } from '../measuring/random.ts'
import { median, sortNumbers } from '../measuring/statistics.ts'
import { formatInteger, renderTable } from '../reporting/table.ts'
import type { Report, ScenarioOptions } from '../scenario.ts'
import { makeWorkload, type Workload } from '../workload/workload.ts'
import { lifetimes, openWays, type Ways } from './open-ways.ts'
import { type RequestRound, runRequests } from './run-requests.ts'
import { timeToRevoke } from './time-to-revoke.ts'
import { type SignedIn, signIn, type Way } from './way.ts'

const full = { requests: 1000, rounds: 7, revocations: 20 }
const quickly = { requests: 100, rounds: 1, revocations: 2 }

interface WayFigures extends RequestRound {
  readonly name: string
  readonly rounds: readonly RequestRound[]
  /** Milliseconds, each of another session. */
  readonly timesToRevoke: readonly number[]
}

/** The same requests by one client, one after the other, by each way; and then a log-out. */
export async function measureOneClient(options: ScenarioOptions): Promise<Report> {
  const { quick, seed, directory, progress } = options
  const { requests, rounds, revocations } = quick ? quickly : full
  const workload = makeWorkload(20_000, seed)
  progress('Starting PostgreSQL and the applications')
  const server = await startPostgres()
  try {
    const ways = await openWays({ users: workload.users, url: server.url, directory })
    try {
      const figures = await measureWays(ways, workload, options)
      progress(`Waiting for a token of ${lifetimes.shortest} s to end`)
      const shortLivedMs = await timeToRevoke(ways.shortLived, 1 + workload.random(workload.users))
      return {
        text: [
          `One client, ${formatInteger(requests)} requests one after the other on a kept-alive connection; ${rounds} rounds; PostgreSQL ${server.server.version}`,
          render(figures),
          `Time to revoke: from the acknowledgement to the first refusal, of ${revocations} sessions. An access token lives on:`,
          `one of ${lifetimes.shortest} s was refused ${(shortLivedMs / 1000).toFixed(1)} s after the log-out, 5 s of that are the tolerance for clocks; of ${lifetimes.usual} s it is up to ${lifetimes.usual + 5} s.`,
        ].join('\n\n'),
        figures: {
          ...{ requests, rounds, revocations, ways: figures },
          shortLived: { lifetimeSeconds: lifetimes.shortest, timeToRevoke: shortLivedMs },
        },
      }
    } finally {
      await ways.stop()
    }
  } finally {
    await server.stop()
  }
}

async function measureWays(
  { all }: Ways,
  { users, random }: Workload,
  { quick, progress }: ScenarioOptions,
): Promise<WayFigures[]> {
  const { requests, rounds, revocations } = quick ? quickly : full
  const user = 1 + random(users)
  const client = createClient()
  const signedIn = new Map<Way, SignedIn>()
  const results = new Map(all.map((way) => [way, [] as RequestRound[]]))
  for (const way of all) signedIn.set(way, await signIn(way, client, user))
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? 'Warming up' : `Round ${round} of ${rounds}`)
    for (const way of shuffle(all, random)) {
      const session = signedIn.get(way) as SignedIn
      const result = await runRequests(way, client, { signedIn: session, user, requests })
      if (round > 0) results.get(way)?.push(result)
    }
  }
  client.close()
  progress('Signing out')
  const figures: WayFigures[] = []
  for (const way of all) {
    const timesToRevoke: number[] = []
    for (let count = 0; way.outlivesSession !== true && count < revocations; count += 1) {
      timesToRevoke.push(await timeToRevoke(way, 1 + random(users)))
    }
    figures.push({ name: way.name, ...medians(results.get(way) ?? []), timesToRevoke })
  }
  return figures
}

function medians(rounds: readonly RequestRound[]): RequestRound & Pick<WayFigures, 'rounds'> {
  const of = (figure: keyof RequestRound) => median(rounds.map((round) => round[figure]))
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    bytesPerRequest: of('bytesPerRequest'),
    statementsPerRequest: of('statementsPerRequest'),
    rounds,
  }
}

function render(figures: readonly WayFigures[]): string {
  return renderTable(
    ['', 'per second', 'p50 µs', 'p99 µs', 'bytes', 'statements', 'revoked after ms', 'longest'],
    figures.map(({ name, timesToRevoke, ...way }) => {
      const longest = sortNumbers(timesToRevoke).at(-1)
      return [
        name,
        formatInteger(way.requestsPerSecond),
        formatInteger(way.p50 * 1000),
        formatInteger(way.p99 * 1000),
        formatInteger(way.bytesPerRequest),
        way.statementsPerRequest.toFixed(3),
        longest === undefined ? 'see below' : median(timesToRevoke).toFixed(1),
        longest === undefined ? '' : longest.toFixed(1),
      ]
    }),
  )
}
