import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type PrivateServer,
  startValkeyCluster,
  startValkeySentinel,
  type ValkeyCluster,
  type ValkeySentinel,
  waitUntil,
} from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { createSentinel } from 'redis'
import { readInstant } from '../src/core/instant.ts'
import { bucketOfOwner, ownerOf } from '../src/stores/valkey/keys.ts'
import { slotOf } from '../src/stores/valkey/slot.ts'
import { type Driver, type OpenClient, openCluster } from './valkey-database.ts'
import { ask, type Listening, type ListeningOptions, listenOver } from './valkey-listening.ts'

const drivers: readonly Driver[] = ['node-redis', 'iovalkey']
const slot = slotOf(bucketOfOwner(ownerOf('alice')))

interface Subtest {
  after(done: () => Promise<void>): void
}

function indexOfPrimary({ primaries }: ValkeyCluster): number {
  return Math.floor((slot * primaries.length) / 16_384)
}

async function open(
  t: Subtest,
  driver: Driver,
  { urls, primaries }: ValkeyCluster,
  options: ListeningOptions = {},
): Promise<Listening> {
  const own = await openCluster(driver, urls)
  const others = await openCluster(driver, urls)
  const listening = await listenOver(own.client, others.client, {
    sources: primaries.length,
    ...options,
  })
  t.after(async () => {
    await listening.close()
    own.close()
    others.close()
  })
  return listening
}

async function idOf({ url }: PrivateServer): Promise<string> {
  return String(await ask(url, 'cluster', 'myid'))
}

/** Once the cluster has one that is not stopped. */
async function untilPromoted({ url }: PrivateServer): Promise<void> {
  await waitUntil('it is promoted', async () => {
    return String(await ask(url, 'info', 'replication')).includes('role:master')
  })
}

for (const driver of drivers) {
  describe(`a feed of a cluster over ${driver}`, () => {
    let cluster: ValkeyCluster
    before(async () => {
      cluster = await startValkeyCluster({ replicasEach: 1, nodeTimeoutMs: 1000 })
    })
    after(() => cluster.stop())

    it('names the node that answered, and each confirms for itself', async (t) => {
      const listening = await open(t, driver, cluster)
      const { primaries } = cluster
      const ids = await Promise.all(primaries.map(idOf))
      assert.deepEqual(listening.listener.sources, new Set(ids))
      const found = await listening.store.find(await listening.signIn('alice'))
      assert.equal(found?.source, ids[indexOfPrimary(cluster)])
      const anonymous = await listening.store.find(await listening.signIn(null))
      assert.equal(anonymous?.source, null)
    })

    it('a stopped primary that goes on after it was replaced confirms nothing', async (t) => {
      const timing = { heartbeatSeconds: 4, timeoutSeconds: 8 }
      const listening = await open(t, driver, cluster, timing)
      const { listener } = listening
      const index = indexOfPrimary(cluster)
      const primary = cluster.primaries[index] as PrivateServer
      const replica = cluster.replicas[index] as PrivateServer
      const [stale, source] = [await idOf(primary), await idOf(replica)]
      const confirmations = (of: string, after: number) =>
        listening.confirmedAfter(after).filter((each) => each.source === of)
      const from = listening.mark()
      const begun = readInstant().monotonic
      await listener.until('it has just confirmed', () => confirmations(stale, begun).length > 0)
      primary.pause()
      t.after(async () => primary.resume())
      await untilPromoted(replica)
      // Acknowledged by the new primary, while nobody has told the old one.
      await ask(replica.url, 'hset', listening.stateOf('alice'), 'v', '1')
      const acknowledged = readInstant().monotonic
      // It begins after the acknowledgement, and is the first thing that the old primary finds.
      const next = (confirmations(stale, begun)[0]?.startedAt ?? 0) + 4100
      await waitUntil('a round trip has begun', () => readInstant().monotonic > next)
      primary.resume()
      await listening.untilLost(from, stale)
      await listener.until('the new one is heard', () => listener.sources.has(source))
      await waitUntil('the old one knows', async () => {
        return String(await ask(primary.url, 'info', 'replication')).includes('role:slave')
      })
      assert.deepEqual(confirmations(stale, acknowledged), [])
    })

    it('a primary that is lost is told, and the one in its place is heard', async (t) => {
      const listening = await open(t, driver, cluster)
      const { primaries, replicas } = cluster
      const servers = [...primaries, ...replicas]
      const masters = await Promise.all(
        servers.map(async ({ url }) => String(await ask(url, 'cluster', 'nodes'))),
      )
      const isMine = (nodes: string) => /myself,master/.test(nodes) && slotsOf(nodes).includes(slot)
      const primary = servers[masters.findIndex(isMine)] as PrivateServer
      const lost = await idOf(primary)
      const from = listening.mark()
      await primary.kill()
      t.after(() => primary.restart())
      await listening.untilLost(from, lost)
      const killed = readInstant().monotonic
      await listening.listener.until('another is heard', () => {
        const again = listening.listener.heard.slice(from)
        return again.some((each) => each.kind === 'listening' && each.source !== lost)
      })
      await listening.untilHeard('alice')
      const late = listening.confirmedAfter(killed).filter((each) => each.source === lost)
      assert.deepEqual(late, [])
    })
  })

  describe(`a feed of a slot that is moved, over ${driver}`, () => {
    let cluster: ValkeyCluster
    before(async () => {
      cluster = await startValkeyCluster()
    })
    after(() => cluster.stop())

    it('hears that its users go, and that they are another server’s, which it hears then', async (t) => {
      const listening = await open(t, driver, cluster)
      const { primaries } = cluster
      const source = primaries[indexOfPrimary(cluster)] as PrivateServer
      const target = primaries.find((each) => each !== source) as PrivateServer
      const [sourceId, targetId] = [await idOf(source), await idOf(target)]
      const id = await listening.signIn('alice')
      await listening.listener.untilConfirmed()
      const from = listening.mark()
      const move = (url: string, ...words: string[]) => {
        return ask(url, 'cluster', 'setslot', String(slot), ...words)
      }
      await move(target.url, 'importing', sourceId)
      await move(source.url, 'migrating', targetId)
      const keys = (await ask(
        source.url,
        ...(['cluster', 'getkeysinslot', String(slot), '100'] as const),
      )) as string[]
      const names = ['0', '5000', 'keys', ...keys]
      await ask(source.url, 'migrate', target.host, String(target.port), '', ...names)
      const gone = { id, userId: 'alice' }
      await listening.listener.until('it is told', () => {
        return listening.listener.covers(gone, from) || listening.isLost(from, sourceId)
      })
      for (const { url } of [target, source, ...primaries]) await move(url, 'node', targetId)
      await listening.untilLost(from, sourceId)
      await listening.untilLost(from, targetId)
      await listening.listener.untilConfirmed()
      assert.equal((await listening.store.find(id))?.source, targetId)
      await listening.untilHeard('alice')
    })
  })

  describe(`a feed behind Sentinel, over ${driver}`, () => {
    let sentinel: ValkeySentinel
    before(async () => {
      sentinel = await startValkeySentinel()
    })
    after(() => sentinel.stop())

    it('loses a primary that is killed, and hears the one in its place', async (t) => {
      const own = await openSentinel(driver, sentinel)
      const others = await openSentinel(driver, sentinel)
      const listening = await listenOver(own.client, others.client)
      t.after(async () => {
        await listening.close()
        own.close()
        others.close()
      })
      const from = listening.mark()
      await sentinel.primary.kill()
      await listening.untilLost(from)
      await listening.untilHeard('alice')
    })
  })
}

/** The slots of the node that says it. */
function slotsOf(nodes: string): number[] {
  const own = nodes.split('\n').find((line) => line.includes('myself')) ?? ''
  return own
    .split(' ')
    .slice(8)
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
}

async function openSentinel(
  driver: Driver,
  { name, sentinels }: ValkeySentinel,
): Promise<OpenClient> {
  const nodes = sentinels.map(({ host, port }) => ({ host, port }))
  if (driver === 'node-redis') {
    const client = createSentinel({ name, sentinelRootNodes: nodes })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => void client.destroy() }
  }
  const client = new Redis({ sentinels: nodes, name })
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}
