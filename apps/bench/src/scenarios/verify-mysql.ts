import { startMariadb } from '@cloakroom/test-servers'
import { type MysqlTargets, openMysqlTargets } from '../remote/mysql/targets.ts'
import { compareLoads } from '../reporting/load-summary.ts'
import { atLeast, atMost, type Verdict } from '../reporting/verdict.ts'
import type { Scenario } from '../scenario.ts'
import { type FindLoad, verifyRemote } from './verify-remote.ts'

export const verifyMysql: Scenario = {
  name: 'verify-mysql',
  question: 'What does it cost to authenticate a request, with sessions in MariaDB?',

  async run(options) {
    const server = await startMariadb()
    try {
      return await verifyRemote(options, {
        server: `MariaDB ${server.server.version}`,
        open: (workload) => openMysqlTargets(workload, server.url, options.progress),
        judge,
      })
    } finally {
      await server.stop()
    }
  },
}

function judge({ bare, cloakroom, betterAuth }: MysqlTargets, find: FindLoad): Verdict[] {
  const [rival] = betterAuth
  if (rival === undefined) throw new Error('Better Auth is not among the targets')
  return [
    atMost(
      1.25,
      'latency of Cloakroom ÷ of the bare query, one at a time',
      compareLoads(find(cloakroom, 1), find(bare, 1), 'p50'),
    ),
    atLeast(
      2,
      'throughput of Cloakroom ÷ of Better Auth, 256 at once',
      compareLoads(find(cloakroom, 256), find(rival, 256), 'operationsPerSecond'),
    ),
  ]
}
