import { queryPostgres, startPostgres, startValkey } from '@cloakroom/test-servers'
import { quantile, sortNumbers } from '../measuring/statistics.ts'
import { versionsOf } from '../reporting/machine.ts'
import { formatInteger, renderTable } from '../reporting/table.ts'
import { type OpenCached, openCached, type ServerPlace } from '../revocation/open-cached.ts'
import { startWatchers, type Watchers } from '../revocation/watchers.ts'
import type { Report, Scenario } from '../scenario.ts'

const processes = 4
const users = 1000
const full = { revocations: 250, sessions: 1000 }
const quickly = { revocations: 20, sessions: 100 }
const promisedMs = { idle: 10, 'under load': 50 } as const

type State = keyof typeof promisedMs

interface Measured {
  readonly server: string
  readonly state: State
  /** Milliseconds, one for each revocation and process, ascending. */
  readonly lags: readonly number[]
}

export const revocation: Scenario = {
  name: 'revocation',
  question:
    'How long after a revocation is acknowledged does another process still accept the token?',

  async run({ quick, progress, ...options }): Promise<Report> {
    const { revocations, sessions: standard } = quick ? quickly : full
    const sessions = options.sessions ?? standard
    const measured: Measured[] = []
    for (const start of [startPostgresPlace, startValkeyPlace]) {
      const { place, stop } = await start()
      try {
        measured.push(...(await measure(place, { revocations, sessions, progress })))
      } finally {
        await stop()
      }
    }
    const verdicts = measured.map(judge)
    return {
      text: [
        `${revocations} revocations each, heard by ${processes} processes; under load each verifies ${formatInteger(sessions)} sessions from memory as fast as it can, with a turn of its event loop each millisecond`,
        renderLags(measured),
        'Documented by others, not measured: a JWT of five minutes 300 s; Better Auth with its cookie cache 300 s as it comes (off by default); SuperTokens 3,600 s as it comes, without checkDatabase',
        verdicts.join('\n'),
      ].join('\n\n'),
      figures: {
        revocations,
        sessions,
        processes,
        versions: versionsOf(['cloakroom', 'pg', 'redis']),
        measured,
        verdicts,
      },
    }
  },
}

async function startPostgresPlace() {
  const server = await startPostgres()
  const { url } = server
  await queryPostgres(url, 'create table users (id integer primary key)')
  await queryPostgres(url, `insert into users select generate_series(1, ${users})`)
  return { place: { kind: 'PostgreSQL', url } satisfies ServerPlace, stop: () => server.stop() }
}

async function startValkeyPlace() {
  const server = await startValkey()
  const place = { kind: 'Valkey', url: server.url } satisfies ServerPlace
  return { place, stop: () => server.stop() }
}

async function measure(
  place: ServerPlace,
  size: { revocations: number; sessions: number; progress: (line: string) => void },
): Promise<Measured[]> {
  const opened = await openCached(place, true)
  const watchers = await startWatchers(place, processes)
  try {
    const server = place.kind
    size.progress(`${server}, idle`)
    const idle = await revokeInTurn(opened, watchers, size.revocations)
    const tokens: string[] = []
    while (tokens.length < size.sessions) tokens.push((await signIn(opened, tokens.length)).token)
    watchers.load(tokens)
    size.progress(`${server}, under load`)
    const loaded = await revokeInTurn(opened, watchers, size.revocations)
    return [
      { server, state: 'idle', lags: idle },
      { server, state: 'under load', lags: loaded },
    ]
  } finally {
    await watchers.stop()
    await opened.close()
  }
}

async function revokeInTurn(
  opened: OpenCached,
  watchers: Watchers,
  count: number,
): Promise<number[]> {
  const lags: number[] = []
  // One more before, to warm up.
  for (let done = 0; done <= count; done += 1) {
    const { token, session } = await signIn(opened, done)
    const { lastAccepted } = await watchers.watch(token)
    await opened.auth.revoke({ sessionId: session.id })
    const acknowledgedAt = Number(process.hrtime.bigint())
    const last = await lastAccepted
    if (done > 0) lags.push(...last.map((at) => Math.max(0, at - acknowledgedAt) / 1e6))
  }
  return sortNumbers(lags)
}

async function signIn({ auth }: OpenCached, number: number) {
  return (await auth.beginSignIn(1 + (number % users))).complete()
}

function renderLags(measured: readonly Measured[]): string {
  return renderTable(
    ['', 'p50 ms', 'p99 ms', 'longest ms'],
    measured.map(({ server, state, lags }) => [
      `${server}, ${state}`,
      ...[0.5, 0.99, 1].map((q) => quantile(lags, q).toFixed(2)),
    ]),
  )
}

function judge({ server, state, lags }: Measured): string {
  const p99 = quantile(lags, 0.99)
  const isMet = p99 <= promisedMs[state]
  return `${isMet ? 'met   ' : 'MISSED'}  ${server}, ${state}: p99 ${p99.toFixed(2)} ms, promised at most ${promisedMs[state]} ms`
}
