import { clusterHarness } from '../../../test/valkey-database.ts'
import { clusterSkips } from '../../../test/valkey-skips.ts'
import { storeContract } from '../../testing/index.ts'

storeContract('iovalkey, cluster', (userIdType) => clusterHarness('iovalkey', userIdType), {
  userIdTypes: ['text'],
  skip: clusterSkips,
})
