import { startValkey } from '@cloakroom/test-servers'
import { openValkeyTargets, type ValkeyTargets } from '../remote/valkey/targets.ts'
import { compareLoads } from '../reporting/load-summary.ts'
import { atLeast, type Verdict } from '../reporting/verdict.ts'
import type { Scenario } from '../scenario.ts'
import { type FindLoad, verifyRemote } from './verify-remote.ts'

export const verifyValkey: Scenario = {
  name: 'verify-valkey',
  question: 'What does it cost to authenticate a request, with sessions in Valkey?',

  async run(options) {
    const server = await startValkey()
    try {
      return await verifyRemote(options, {
        server: `${server.server.name} ${server.server.version}`,
        open: (workload) => openValkeyTargets(workload, server.url, options.progress),
        judge,
      })
    } finally {
      await server.stop()
    }
  },
}

function judge({ cloakroom, betterAuth }: ValkeyTargets, find: FindLoad): Verdict[] {
  return [
    atLeast(
      2,
      'throughput of Cloakroom ÷ of Better Auth, 256 at once',
      compareLoads(find(cloakroom, 256), find(betterAuth, 256), 'operationsPerSecond'),
    ),
  ]
}
