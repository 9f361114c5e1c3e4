import { clusterHarness } from '../../../test/valkey-database.ts'
import { clusterSkips } from '../../../test/valkey-skips.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

storeContract('node-redis, cluster', (userIdType) => clusterHarness('node-redis', userIdType), {
  userIdTypes: ['text'],
  skip: clusterSkips,
})

signingKeysContract('node-redis, cluster', (userIdType) => clusterHarness('node-redis', userIdType))
