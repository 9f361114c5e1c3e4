import { sqliteHarness } from '../../../test/sqlite-database.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

storeContract('better-sqlite3', (userIdType) => sqliteHarness('better-sqlite3', userIdType), {
  // Drivers differ in what they bind, and these two are bound as a string and as a bigint.
  userIdTypes: ['text', 'bigint'],
})

signingKeysContract('better-sqlite3', (userIdType) => sqliteHarness('better-sqlite3', userIdType))
