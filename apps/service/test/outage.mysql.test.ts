import { after } from 'node:test'
import { startMariadb } from '@cloakroom/test-servers'
import { testOutage } from './test-outage.ts'

const server = await startMariadb({ durable: true })
after(() => server.stop())
testOutage(server, { databaseUrl: server.url, sessionStoreUrl: undefined })
