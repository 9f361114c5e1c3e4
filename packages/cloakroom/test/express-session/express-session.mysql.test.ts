import { mysqlHarness } from '../mysql-database.ts'
import { expressSessionCases } from './cases.ts'

expressSessionCases('MariaDB', () => mysqlHarness('integer'))
