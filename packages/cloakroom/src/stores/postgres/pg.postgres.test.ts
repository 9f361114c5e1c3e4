import { postgresHarness } from '../../../test/postgres-database.ts'
import { storeContract } from '../../testing/index.ts'

storeContract('pg', (userIdType) => postgresHarness('pg', userIdType), {
  userIdTypes: ['uuid', 'bigint'],
})
