import { sharedPostgres } from '@cloakroom/test-servers'
import { testRefusedStart } from './test-refused-start.ts'

const server = await sharedPostgres()

testRefusedStart(
  'DATABASE_URL',
  server,
  'a wrong password',
  /password authentication failed/,
  (url) => {
    url.password = 'canary'
  },
)
testRefusedStart(
  'DATABASE_URL',
  server,
  'a database that is not there',
  /database "nothing" does not exist/,
  (url) => {
    url.pathname = '/nothing'
  },
)
testRefusedStart(
  'DATABASE_URL',
  server,
  'TLS that the server does not speak',
  /does not support SSL/,
  (url) => {
    url.searchParams.set('sslmode', 'verify-full')
  },
)
