import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { Cluster, Redis } from 'iovalkey'
import { createClient, createCluster, createSentinel } from 'redis'
import { type ValkeyClient, type ValkeyFeedOptions, type ValkeyOptions, valkey } from './index.ts'

const lazy = { lazyConnect: true }
const client = new Redis(lazy)
after(() => client.disconnect())

describe('valkey()', () => {
  it('takes the clients of node-redis and iovalkey: single, cluster and sentinel', () => {
    const sentinelRootNodes = [{ host: '127.0.0.1', port: 1 }]
    const clients: ValkeyClient[] = [
      createClient(),
      createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] }),
      createSentinel({ name: 'main', sentinelRootNodes }),
      client,
      new Redis({ sentinels: sentinelRootNodes, name: 'main', ...lazy }),
      new Cluster([{ host: '127.0.0.1', port: 1 }], lazy),
    ]
    for (const each of clients) assert.equal(typeof valkey(each).open, 'function')
  })

  it('refuses what is no client', () => {
    const others = [undefined, null, {}, 'redis://127.0.0.1', { get: () => 1 }, createClient]
    for (const other of others) {
      assert.throws(() => valkey(other as unknown as ValkeyClient), TypeError)
    }
  })

  it('refuses a keyPrefix, which would be put before some keys and not before others', () => {
    const keyPrefix = 'app:'
    const clients = [
      new Redis({ keyPrefix, ...lazy }),
      new Cluster([], { keyPrefix, ...lazy }),
      new Cluster([], { redisOptions: { keyPrefix }, ...lazy }),
    ]
    for (const each of clients) {
      assert.throws(() => valkey(each), { name: 'TypeError', message: /keyPrefix/ })
    }
  })

  it('refuses options that are out of their range, and says which', () => {
    const wrong: Record<keyof ValkeyOptions, unknown[]> = {
      prefix: ['a{b}', 'a*', 'x'.repeat(61), 1, null],
      timeoutSeconds: [0, 0.09, 61, NaN, '5'],
      replicas: [-1, 1.5, 11, '1'],
      replicaTimeoutSeconds: [0, 61, NaN],
      replicateRevocations: [1, 'yes'],
      maxmemoryPolicy: ['allkeys-lru', 'volatile', ''],
      feed: [null, 1, 'on'],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const options = { [name]: value } as ValkeyOptions
        const message = new RegExp(`^${name} must be`)
        assert.throws(() => valkey(client, options), { name: 'TypeError', message }, String(value))
      }
    }
  })

  it('refuses options of its feed that are out of their range, and says which', () => {
    const wrong: Record<keyof ValkeyFeedOptions, unknown[]> = {
      heartbeatSeconds: [0, 0.049, 30.1, NaN, '1', null],
      replicas: [-1, 1.5, 11, '1', null],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const feed = { [name]: value } as ValkeyFeedOptions
        const message = new RegExp(`^feed.${name} must be`)
        assert.throws(() => valkey(client, { feed }), { name: 'TypeError', message }, String(value))
      }
    }
  })

  it('takes options at the ends of their ranges', () => {
    const fine: ValkeyOptions[] = [
      { prefix: '' },
      { prefix: 'x'.repeat(60), timeoutSeconds: 0.1, replicas: 0, replicaTimeoutSeconds: 0.1 },
      { timeoutSeconds: 60, replicas: 10, replicaTimeoutSeconds: 60, replicateRevocations: false },
      { maxmemoryPolicy: 'noeviction' },
      { maxmemoryPolicy: 'volatile-lru' },
      { feed: true },
      { feed: false },
      { feed: {} },
      { feed: { heartbeatSeconds: 0.05, replicas: 0 } },
      { feed: { heartbeatSeconds: 30, replicas: 10 } },
    ]
    for (const options of fine) assert.equal(typeof valkey(client, options).open, 'function')
  })
})
