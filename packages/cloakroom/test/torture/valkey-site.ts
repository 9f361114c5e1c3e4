import { startProxy, startValkey } from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { networkFaults, type Site, serverFaults } from './site.ts'

export async function startValkeySite(): Promise<Site> {
  const server = await startValkey({ durable: true })
  const { url } = server
  const store = await startProxy({ url })
  const feeds = [await startProxy({ url }), await startProxy({ url })] as const
  return {
    title: `${server.server.name} ${server.server.version}, node-redis and iovalkey`,
    losesSessions: false,
    placeOf: (index) => ({
      kind: 'valkey',
      driver: index < 2 ? 'node-redis' : 'iovalkey',
      url: store.url,
      feedUrl: feeds[index % 2 === 0 ? 0 : 1].url,
    }),
    faults: {
      ...networkFaults({ store, feeds }),
      ...serverFaults(server),
      async 'feeds ended by the server'() {
        const administrator = new Redis(url)
        await administrator.call('client', 'kill', 'type', 'pubsub')
        administrator.disconnect()
      },
    },
    async stop() {
      await Promise.all([store, ...feeds].map((proxy) => proxy.stop()))
      await server.stop()
    },
  }
}
