import { sharedPostgres } from '@cloakroom/test-servers'
import { runSuite } from './run-suite.ts'

const url = await sharedPostgres()
runSuite('PostgreSQL', { SERVICE_TEST_DATABASE_URL: url })
