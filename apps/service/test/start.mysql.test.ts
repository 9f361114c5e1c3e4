import { sharedMariadb } from '@cloakroom/test-servers'
import { testRefusedStart } from './test-refused-start.ts'

const server = await sharedMariadb()

testRefusedStart('DATABASE_URL', server, 'a wrong password', /Access denied/, (url) => {
  url.password = 'canary'
})
testRefusedStart(
  'DATABASE_URL',
  server,
  'a database that is not there',
  /Unknown database 'nothing'/,
  (url) => {
    url.pathname = '/nothing'
  },
)
testRefusedStart(
  'DATABASE_URL',
  server,
  'TLS that the server does not speak',
  /not support secure connection/,
  (url) => {
    url.searchParams.set('ssl', 'true')
  },
)
