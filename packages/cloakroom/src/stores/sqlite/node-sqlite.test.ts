import { sqliteHarness } from '../../../test/sqlite-database.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

storeContract('node:sqlite', (userIdType) => sqliteHarness('node:sqlite', userIdType))

signingKeysContract('node:sqlite', (userIdType) => sqliteHarness('node:sqlite', userIdType))
