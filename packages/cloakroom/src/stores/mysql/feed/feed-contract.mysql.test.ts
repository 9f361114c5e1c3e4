import { mysqlFeedHarness } from '../../../../test/mysql-database.ts'
import { feedContract } from '../../../testing/index.ts'

feedContract('mysql2', mysqlFeedHarness)
