import { singleHarness } from '../../../test/valkey-database.ts'
import { singleSkips } from '../../../test/valkey-skips.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

storeContract('iovalkey, single', (userIdType) => singleHarness('iovalkey', userIdType), {
  userIdTypes: ['text'],
  skip: singleSkips,
})

signingKeysContract('iovalkey, single', (userIdType) => singleHarness('iovalkey', userIdType))
