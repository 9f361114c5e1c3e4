import { sharedMariadb } from '@cloakroom/test-servers'
import { runSuite } from './run-suite.ts'

const url = await sharedMariadb()
runSuite('MariaDB', { SERVICE_TEST_DATABASE_URL: url })
