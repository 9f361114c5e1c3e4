import { sharedMariadb } from '@cloakroom/test-servers'
import { runSuite } from './run-suite.ts'

const url = await sharedMariadb()

/** Of processes, which share nothing but the database: PostgreSQL and SQLite show it. */
const except = ['test/boot.test.ts', 'test/workers.test.ts']

runSuite('MariaDB', { SERVICE_TEST_DATABASE_URL: url }, except)
