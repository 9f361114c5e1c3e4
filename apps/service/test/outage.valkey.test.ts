import { after } from 'node:test'
import { startValkey } from '@cloakroom/test-servers'
import { testOutage } from './test-outage.ts'

const server = await startValkey({ durable: true })
after(() => server.stop())
testOutage(server, { databaseUrl: undefined, sessionStoreUrl: server.url })
