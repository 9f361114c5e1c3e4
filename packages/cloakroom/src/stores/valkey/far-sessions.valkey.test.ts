import { farSessions } from '../../../test/far-sessions.ts'
import { clusterHarness, singleHarness } from '../../../test/valkey-database.ts'
import { farSkips, singleSkips } from '../../../test/valkey-skips.ts'
import { type StoreHarness, storeContract } from '../../testing/index.ts'

for (const [where, open, skip] of [
  ['cluster', clusterHarness, farSkips],
  ['single', singleHarness, singleSkips],
] as const) {
  storeContract(
    `${where}, every session in another slot than its user`,
    async (userIdType): Promise<StoreHarness> => {
      const harness = await open('node-redis', userIdType)
      return {
        ...harness,
        store: farSessions(harness.store),
        another: async () => farSessions(await harness.another()),
      } as StoreHarness
    },
    { userIdTypes: ['text'], skip },
  )
}
