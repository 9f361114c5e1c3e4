import { after } from 'node:test'
import { startPostgres } from '@cloakroom/test-servers'
import { testOutage } from './test-outage.ts'

const server = await startPostgres({ durable: true })
after(() => server.stop())
testOutage(server, { databaseUrl: server.url, sessionStoreUrl: undefined })
