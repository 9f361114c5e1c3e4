import { mysqlHarness } from '../../../test/mysql-database.ts'
import { storeContract } from '../../testing/index.ts'

storeContract('mysql2', (userIdType) => mysqlHarness(userIdType), {
  userIdTypes: ['text', 'bigint'],
})
