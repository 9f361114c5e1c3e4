import { refuseOthers } from '../../core/refuse-others.ts'
import type { StoreFactory } from '../../core/store.ts'
import type { UsersLoader } from '../../core/user.ts'
import { createCalls } from './calls.ts'
import { checkServers } from './check-server.ts'
import { connect, type ValkeyClient } from './connect.ts'
import { createFeed } from './feed/feed.ts'
import { checkFeedOptions, type ValkeyFeedOptions } from './feed/options.ts'
import { keysOf } from './keys.ts'
import { createReplicas } from './replicas.ts'
import { find } from './scripts/sessions.ts'
import type { Parts } from './snapshots.ts'
import { createStore, type Lastingly } from './store.ts'

export type { ValkeyClient } from './connect.ts'
export type { ValkeyFeedOptions } from './feed/options.ts'
export type { IoredisClient, IoredisCluster } from './ioredis.ts'
export type { NodeRedisClient, NodeRedisCluster, NodeRedisSentinel } from './node-redis.ts'

export interface ValkeyOptions {
  /** Begins the names of Cloakroom's keys. Letters, digits, `_ - . :`, at most 60; default `cloakroom:`. */
  readonly prefix?: string
  /**
   * Seconds after which what Valkey has not answered is `store_unavailable`, waiting for a connection
   * included. 0.1 to 60; default 5.
   */
  readonly timeoutSeconds?: number
  /**
   * How many replicas must have a revocation or a block before it resolves. 0 to 10; default 0. Only
   * where it is *all* replicas of a primary can none be promoted that does not have it.
   */
  readonly replicas?: number
  /** Seconds to wait for them; then `store_unavailable`. 0.1 to 60; default 1. */
  readonly replicaTimeoutSeconds?: number
  /**
   * Whether every revocation waits for the replicas, and not only those with `{ replicated: true }`.
   * Default true, if there are `replicas`.
   */
  readonly replicateRevocations?: boolean
  /**
   * The server's `maxmemory-policy`, where it lets nobody ask: `noeviction`, or one that begins with
   * `volatile-`. Default: it is asked.
   */
  readonly maxmemoryPolicy?: string
  /**
   * Whether this process hears of what others revoke, which a cache needs. Two more connections to each
   * primary. Default false.
   */
  readonly feed?: boolean | ValkeyFeedOptions
}

/**
 * Sessions in a Valkey or Redis, alone, behind Sentinel or as a cluster. The users come from
 * `users.load`, at each verification.
 *
 * @param client A connected client, cluster or sentinel of node-redis 6 (package `redis`), or a `Redis`
 * or `Cluster` of iovalkey or ioredis 5. It may be shared with the application.
 * @throws {TypeError} for a bad option
 */
export function valkey(
  client: ValkeyClient,
  options: ValkeyOptions = {},
): StoreFactory<UsersLoader> {
  checkOptions(options)
  const { prefix = 'cloakroom:', replicas: count = 0, replicateRevocations = true } = options
  const { timeoutSeconds = 5, replicaTimeoutSeconds = 1, maxmemoryPolicy } = options
  const { feed: wanted = false } = options
  const { heartbeatSeconds = 1, replicas: following } = wanted === true ? {} : wanted || {}
  const timeoutMs = timeoutSeconds * 1000
  const waitMs = Math.round(replicaTimeoutSeconds * 1000)
  const link = connect(client, timeoutMs)
  const keys = keysOf(prefix)

  return Object.freeze<StoreFactory<UsersLoader>>({
    async open({ users }) {
      const { isCluster } = link
      const calls = createCalls(link, { keys, isCluster, timeoutMs })
      await checkServers(calls, link, maxmemoryPolicy)
      // Shows whether scripts may be run, and what time it is there.
      await calls.run(find, { home: '000', args: ['0'.repeat(32)] })
      const idType = users.idType ?? 'text'
      const parts: Parts = { calls, keys, users, isCluster, idType, isHeard: wanted !== false }
      const heartbeatMs = heartbeatSeconds * 1000
      const settings = { heartbeatMs, replicas: following, waitMs, timeoutMs }
      const feed = wanted === false ? undefined : createFeed(link, parts, settings)
      const replicas = createReplicas(link, calls, { count, waitMs, timeoutMs })
      const lastingly: Lastingly = async (durability, work) => {
        const { replicated = count > 0 && replicateRevocations } = durability ?? {}
        if (!replicated) return work(calls)
        if (count > 0) return replicas.lasting(work)
        throw new TypeError('{ replicated: true } needs the option replicas of valkey()')
      }
      const store = createStore(parts, link, lastingly, async () => {
        await feed?.close()
        replicas.close()
        link.close()
      })
      return Object.freeze({ ...store, ...(feed && { feed }) })
    },
  })
}

const knownOptions = {
  prefix: true,
  timeoutSeconds: true,
  replicas: true,
  replicaTimeoutSeconds: true,
  replicateRevocations: true,
  maxmemoryPolicy: true,
  feed: true,
} as const

function checkOptions(options: ValkeyOptions): void {
  refuseOthers('valkey()', options, knownOptions)
  const { prefix = 'cloakroom:', replicas = 0, replicateRevocations = true } = options
  const { timeoutSeconds = 5, replicaTimeoutSeconds = 1, maxmemoryPolicy, feed = false } = options
  if (typeof prefix !== 'string' || !/^[\w.:-]{0,60}$/.test(prefix)) {
    throw new TypeError('prefix must be at most 60 letters, digits and _ - . :')
  }
  checkSeconds('timeoutSeconds', timeoutSeconds)
  checkSeconds('replicaTimeoutSeconds', replicaTimeoutSeconds)
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 10) {
    throw new TypeError('replicas must be an integer from 0 to 10')
  }
  if (typeof replicateRevocations !== 'boolean') {
    throw new TypeError('replicateRevocations must be true or false')
  }
  if (maxmemoryPolicy !== undefined && !/^(?:noeviction|volatile-\w+)$/.test(maxmemoryPolicy)) {
    throw new TypeError('maxmemoryPolicy must be noeviction, or one that begins with volatile-')
  }
  checkFeedOptions(feed)
}

function checkSeconds(name: string, seconds: number): void {
  if (typeof seconds === 'number' && seconds >= 0.1 && seconds <= 60) return
  throw new TypeError(`${name} must be from 0.1 to 60`)
}
