import { singleHarness } from '../../../test/valkey-database.ts'
import { singleSkips } from '../../../test/valkey-skips.ts'
import { storeContract } from '../../testing/index.ts'

storeContract('node-redis, single', (userIdType) => singleHarness('node-redis', userIdType), {
  userIdTypes: ['text', 'bigint'],
  skip: singleSkips,
})
