import {
  type PrivateServer,
  startValkeyCluster,
  type ValkeyCluster,
  waitUntil,
} from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { integerBelow, pick, type Random } from '../../src/testing/random.ts'
import { type Site, waitLeases } from './site.ts'

/** With two replicas each, so that what a new primary acknowledges has a replica, too. */
export async function startValkeyClusterSite(): Promise<Site> {
  const cluster = await startValkeyCluster({ replicasEach: 2, nodeTimeoutMs: 500 })
  const shards = cluster.primaries.map((primary, index) => [
    primary,
    ...cluster.replicas.slice(2 * index, 2 * index + 2),
  ])
  return {
    title: `${cluster.server.name} ${cluster.server.version}, a cluster, node-redis and iovalkey`,
    losesSessions: true,
    placeOf: (index) => ({
      kind: 'valkey-cluster',
      driver: index < 2 ? 'node-redis' : 'iovalkey',
      urls: cluster.urls,
    }),
    faults: {
      /** The old primary wakes up, and does not know yet that it has been replaced. */
      async 'primary stopped, replaced and continued'(random) {
        const shard = pick(random, shards)
        const primary = await findPrimary(shard)
        const others = shard.filter((server) => server !== primary)
        primary.pause()
        try {
          await waitUntil('another one is the primary', () => hasPrimary(others))
          await waitLeases(random, 1, 2)
        } finally {
          primary.resume()
        }
        await waitUntil('it follows', async () => (await infoOf(primary)).includes('role:slave'))
      },

      async 'replica stopped and continued'(random) {
        const shard = pick(random, shards)
        const primary = await findPrimary(shard)
        const replica = pick(
          random,
          shard.filter((server) => server !== primary),
        )
        await pauseFor(replica, random)
      },

      async 'feeds ended by the server'(random) {
        await ask(pick(random, nodesOf(cluster)), 'client', 'kill', 'type', 'pubsub')
      },
    },
    stop: () => cluster.stop(),
  }
}

function nodesOf({ primaries, replicas }: ValkeyCluster): PrivateServer[] {
  return [...primaries, ...replicas]
}

async function pauseFor(server: PrivateServer, random: Random): Promise<void> {
  server.pause()
  await waitLeases(random, 0.5 + integerBelow(random, 2) / 2, 2)
  server.resume()
}

async function findPrimary(shard: readonly PrivateServer[]): Promise<PrivateServer> {
  let found: PrivateServer | undefined
  await waitUntil('the shard has a primary', async () => {
    for (const server of shard) if (await isPrimary(server)) found = server
    return found !== undefined
  })
  return found as PrivateServer
}

async function hasPrimary(servers: readonly PrivateServer[]): Promise<boolean> {
  return (await Promise.all(servers.map(isPrimary))).includes(true)
}

async function isPrimary(server: PrivateServer): Promise<boolean> {
  return (await infoOf(server)).includes('role:master')
}

async function infoOf(server: PrivateServer): Promise<string> {
  return String(await ask(server, 'info', 'replication'))
}

async function ask({ url }: PrivateServer, command: string, ...words: string[]): Promise<unknown> {
  const client = new Redis(url)
  client.on('error', () => undefined)
  try {
    return await client.call(command, ...words)
  } finally {
    client.disconnect()
  }
}
