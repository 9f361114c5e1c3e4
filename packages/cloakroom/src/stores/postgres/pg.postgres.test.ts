import { postgresHarness } from '../../../test/postgres-database.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

storeContract('pg', (userIdType) => postgresHarness('pg', userIdType), {
  userIdTypes: ['uuid', 'bigint'],
})

signingKeysContract('pg', (userIdType) => postgresHarness('pg', userIdType))
