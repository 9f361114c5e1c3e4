import { farSessions } from '../../../test/far-sessions.ts'
import { clusterHarness } from '../../../test/valkey-database.ts'
import { farSkips } from '../../../test/valkey-skips.ts'
import { type StoreHarness, storeContract } from '../../testing/index.ts'

storeContract(
  'cluster, every session in another slot than its user',
  async (userIdType): Promise<StoreHarness> => {
    const harness = await clusterHarness('node-redis', userIdType)
    return {
      ...harness,
      store: farSessions(harness.store),
      another: async () => farSessions(await harness.another()),
    } as StoreHarness
  },
  { userIdTypes: ['text'], skip: farSkips },
)
