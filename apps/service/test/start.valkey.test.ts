import { sharedValkey } from '@cloakroom/test-servers'
import { testRefusedStart } from './test-refused-start.ts'

const server = await sharedValkey()

testRefusedStart('SESSION_STORE_URL', server, 'a wrong password', /WRONGPASS/, (url) => {
  url.username = 'user'
  url.password = 'canary'
})
testRefusedStart(
  'SESSION_STORE_URL',
  server,
  'TLS that the server does not speak',
  /ETIMEDOUT|closed/,
  (url) => {
    url.protocol = 'rediss:'
  },
)
