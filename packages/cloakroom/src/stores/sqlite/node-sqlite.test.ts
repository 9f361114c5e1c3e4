import { sqliteHarness } from '../../../test/sqlite-database.ts'
import { storeContract } from '../../testing/index.ts'

storeContract('node:sqlite', (userIdType) => sqliteHarness('node:sqlite', userIdType))
