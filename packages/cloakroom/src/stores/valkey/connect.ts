import {
  type IoredisClient,
  type IoredisCluster,
  linkIoredis,
  linkIoredisCluster,
} from './ioredis.ts'
import type { Link } from './link.ts'
import {
  linkNodeRedis,
  linkNodeRedisCluster,
  linkNodeRedisSentinel,
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisSentinel,
} from './node-redis.ts'

/** A connected client of node-redis 6, iovalkey or ioredis 5. */
export type ValkeyClient =
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisSentinel
  | IoredisClient
  | IoredisCluster

/** @throws {TypeError} for what is no client of these */
export function connect(client: ValkeyClient, timeoutMs: number): Link {
  const has = (name: string) => typeof (client as never as Record<string, unknown>)?.[name]
  if (has('callBuffer') === 'function') {
    checkKeyPrefix(client as IoredisClient)
    const { isCluster } = client as IoredisClient
    return isCluster ? linkIoredisCluster(client as IoredisCluster) : linkIoredis(client as never)
  }
  if (has('sendCommand') === 'function') {
    if (has('getNodeClientForKey') === 'function') {
      return linkNodeRedisCluster(client as NodeRedisCluster, timeoutMs)
    }
    if (has('getMasterNode') === 'function') {
      return linkNodeRedisSentinel(client as NodeRedisSentinel, timeoutMs)
    }
    if (has('duplicate') === 'function') return linkNodeRedis(client as NodeRedisClient, timeoutMs)
  }
  throw new TypeError(
    'valkey() takes a client, cluster or sentinel of node-redis 6 (package redis), or a Redis or Cluster of iovalkey or ioredis 5',
  )
}

// It would be put before the keys that commands name, and not before those that scripts make.
function checkKeyPrefix({ options }: IoredisClient): void {
  const { keyPrefix, redisOptions } = options as {
    keyPrefix?: unknown
    redisOptions?: { keyPrefix?: unknown }
  }
  if (!keyPrefix && !redisOptions?.keyPrefix) return
  throw new TypeError('The client has a keyPrefix. Give it none, and valkey() the prefix instead')
}
