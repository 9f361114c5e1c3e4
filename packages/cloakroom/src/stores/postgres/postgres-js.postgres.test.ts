import { postgresHarness } from '../../../test/postgres-database.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

// The statements are those that pg runs for every type; what differs is how values travel.
storeContract('postgres.js', (userIdType) => postgresHarness('postgres.js', userIdType), {
  userIdTypes: ['text'],
})

signingKeysContract('postgres.js', (userIdType) => postgresHarness('postgres.js', userIdType))
