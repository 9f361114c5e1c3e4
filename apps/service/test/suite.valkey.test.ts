import { sharedValkey } from '@cloakroom/test-servers'
import { runSuite } from './run-suite.ts'

const url = await sharedValkey()

/** What has no sessions in it, needs a clock that can be moved, or is about processes. */
const except = [
  'src/accounts/audit-log.test.ts',
  'src/accounts/throttle.test.ts',
  'src/database/database.test.ts',
  'test/boot.test.ts',
  'test/invites.test.ts',
  'test/oauth/ended-sessions.test.ts',
  'test/oauth/refresh.test.ts',
  'test/throttle-threads.test.ts',
  'test/throttle.test.ts',
  'test/workers.test.ts',
]

runSuite('Valkey, with users in SQLite', { SERVICE_TEST_SESSION_STORE_URL: url }, except)
