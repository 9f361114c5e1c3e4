import { after } from 'node:test'
import { sharedValkey, startProxy, startValkeyCluster } from '@cloakroom/test-servers'
import type { UserIdType, UsersLoader } from '../src/core/user.ts'
import type { FeedHarness } from '../src/testing/index.ts'
import { type Driver, openClient, openCluster, valkeyHarness } from './valkey-database.ts'
import { ask } from './valkey-listening.ts'

/** What `feedContract` needs: everybody connects by way of a proxy that can fail. */
export async function singleFeedHarness(
  driver: Driver,
  idType: UserIdType,
): Promise<FeedHarness<UsersLoader>> {
  const url = await sharedValkey()
  const proxy = await startProxy({ url })
  const open = () => openClient(driver, proxy.url)
  const feed = { heartbeatSeconds: 0.05 }
  const harness = await valkeyHarness(idType, { urls: [url], open, feed })
  return {
    ...harness,
    hearsUsers: false,
    isExact: true,
    cut: () => proxy.cut(),
    async breakDown() {
      await proxy.refuse()
      await proxy.cut()
    },
    async close() {
      await harness.close()
      await proxy.stop()
    },
  }
}

/** Opens harnesses on a cluster of this file's own, whose servers fail. */
export function clusterFeedHarness(
  driver: Driver,
): (idType: UserIdType) => Promise<FeedHarness<UsersLoader>> {
  const starting = startValkeyCluster()
  after(async () => (await starting).stop())
  return async (idType) => {
    const { urls, primaries } = await starting
    const open = () => openCluster(driver, urls)
    const feed = { heartbeatSeconds: 0.05 }
    const harness = await valkeyHarness(idType, { urls, open, feed, timeoutSeconds: 2 })
    return {
      ...harness,
      hearsUsers: false,
      isExact: true,
      sources: primaries.length,
      cut: () => killListeners(urls),
      async breakDown() {
        for (const primary of primaries) primary.pause()
      },
      async close() {
        for (const primary of primaries) primary.resume()
        await harness.close()
      },
    }
  }
}

/** Has the servers close the connections by which feeds hear of changes. */
export async function killListeners(urls: readonly string[]): Promise<void> {
  await Promise.all(urls.map((url) => ask(url, 'client', 'kill', 'type', 'pubsub')))
}
