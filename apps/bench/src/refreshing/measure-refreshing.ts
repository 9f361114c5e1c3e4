import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { startPostgres } from '@cloakroom/test-servers'
import { createClient } from '../client.ts'
import { formatInteger, renderTable } from '../reporting/table.ts'
import type { Report, ScenarioOptions } from '../scenario.ts'
import { type RefreshFigures, refreshAll, signInToClient } from './refresh-tokens.ts'
import { startService } from './start-service.ts'

const full = { sessions: 1000, warmUp: 100 }
const quickly = { sessions: 20, warmUp: 5 }
const concurrency = 16

interface ServiceFigures {
  readonly database: string
  /** The first refresh of a session: the token is replaced. */
  readonly replaced: RefreshFigures
  /** The second one, within 30 seconds: the token is its own answer, and nothing is written. */
  readonly repeated: RefreshFigures
}

/** Refreshes a second at the service's token endpoint, on a database of its own. */
export async function measureRefreshing(options: ScenarioOptions): Promise<Report> {
  const { quick, directory, progress } = options
  const { sessions, warmUp } = quick ? quickly : full
  const measured: ServiceFigures[] = []
  progress('Refreshing at the service on SQLite')
  measured.push(await measureService('SQLite', join(directory, 'service.db'), options))
  const server = await startPostgres()
  try {
    progress('Refreshing at the service on PostgreSQL')
    measured.push(await measureService('PostgreSQL', server.url, options))
  } finally {
    await server.stop()
  }
  return {
    text: [
      `POST /oauth/token at the service, one process; ${concurrency} at once, ${sessions - warmUp} sessions, each refreshed twice`,
      renderTable(
        ['', 'replaced per second', 'p50 ms', 'p99 ms', 'repeated per second', 'p50 ms', 'p99 ms'],
        measured.map(({ database, replaced, repeated }) => [
          database,
          ...cellsOf(replaced),
          ...cellsOf(repeated),
        ]),
      ),
      'Replaced: the refresh token becomes another one. Repeated: the new one is shown at once, and is its own answer.',
    ].join('\n\n'),
    figures: { concurrency, sessions: sessions - warmUp, services: measured },
  }
}

async function measureService(
  database: string,
  address: string,
  { quick }: ScenarioOptions,
): Promise<ServiceFigures> {
  const { sessions, warmUp } = quick ? quickly : full
  const service = await startService({
    DATABASE_URL: address,
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
  })
  const client = createClient(concurrency)
  try {
    const tokens = await signInToClient(service, client, sessions)
    const replacing = { concurrency, areReplaced: true }
    const repeating = { concurrency, areReplaced: false }
    const warm = await refreshAll(service, client, tokens.slice(0, warmUp), replacing)
    await refreshAll(service, client, warm.tokens, repeating)
    const replaced = await refreshAll(service, client, tokens.slice(warmUp), replacing)
    const repeated = await refreshAll(service, client, replaced.tokens, repeating)
    return { database, replaced: replaced.figures, repeated: repeated.figures }
  } finally {
    client.close()
    await service.stop()
  }
}

function cellsOf({ refreshesPerSecond, p50, p99 }: RefreshFigures): string[] {
  return [formatInteger(refreshesPerSecond), p50.toFixed(1), p99.toFixed(1)]
}
