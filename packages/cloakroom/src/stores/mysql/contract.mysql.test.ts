import { mysqlHarness } from '../../../test/mysql-database.ts'
import { signingKeysContract, storeContract } from '../../testing/index.ts'

storeContract('mysql2', (userIdType) => mysqlHarness(userIdType), {
  userIdTypes: ['text', 'bigint'],
})

signingKeysContract('mysql2', (userIdType) => mysqlHarness(userIdType))
