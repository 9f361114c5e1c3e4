import { startPostgres, startProxy } from '@cloakroom/test-servers'
import { openPostgresTargets, type PostgresTargets } from '../remote/postgres/targets.ts'
import { compareLoads } from '../reporting/load-summary.ts'
import { atLeast, atMost, type Verdict } from '../reporting/verdict.ts'
import type { Scenario } from '../scenario.ts'
import { type FindLoad, verifyRemote } from './verify-remote.ts'

export const verifyPostgres: Scenario = {
  name: 'verify-postgres',
  question: 'What does it cost to authenticate a request, with sessions in PostgreSQL?',

  async run(options) {
    const server = await startPostgres()
    const proxy = await startProxy({ url: server.url })
    try {
      await proxy.delay(roundTripMs)
      return await verifyRemote(options, {
        server: `PostgreSQL ${server.server.version}`,
        open: (workload) =>
          openPostgresTargets(
            workload,
            { url: server.url, distantUrl: proxy.url },
            options.progress,
          ),
        judge,
      })
    } finally {
      await proxy.stop()
      await server.stop()
    }
  },
}

const roundTripMs = 1

function judge(
  { bare, cloakroom, betterAuth, distant }: PostgresTargets,
  find: FindLoad,
): Verdict[] {
  const throughput = 'operationsPerSecond'
  // The promise must hold against Better Auth at its best.
  const [rival] = betterAuth
    .map((target) => find(target, 256))
    .sort((a, b) => b.operationsPerSecond - a.operationsPerSecond)
  if (rival === undefined) throw new Error('Better Auth is not among the targets')
  return [
    atMost(
      1.15,
      'latency of Cloakroom ÷ of the bare query, one at a time',
      compareLoads(find(cloakroom, 1), find(bare, 1), 'p50'),
    ),
    ...[2, 4, 8].map((concurrency) =>
      atMost(
        1.3,
        `latency of Cloakroom ÷ of the bare query, ${concurrency} at once over ${roundTripMs} ms`,
        compareLoads(find(distant[1], concurrency), find(distant[0], concurrency), 'p50'),
      ),
    ),
    atLeast(
      2,
      'throughput of Cloakroom ÷ of the bare query, 256 at once',
      compareLoads(find(cloakroom, 256), find(bare, 256), throughput),
    ),
    atLeast(
      15,
      `throughput of Cloakroom ÷ of ${rival.name}, 256 at once`,
      compareLoads(find(cloakroom, 256), rival, throughput),
    ),
  ]
}
