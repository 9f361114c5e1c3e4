import { bucketOf } from '../../core/session-id.ts'
import type { UserId, UserIdType } from '../../core/user.ts'

/** How many buckets there are: what three hexadecimal digits can say. */
export const bucketCount = 4096

/** Three hexadecimal digits. Everything of one bucket is in one slot of a cluster. */
export type Bucket = string

/** A user id behind its bucket, as sessions hold it: `3f2alice`. Its keys follow from it alone. */
export type Owner = string

/** What is kept of each kind of key, the first letter of its name behind the prefix. */
export type Kind = 's' | 'u' | 'i' | 'all' | 'c' | 'lease' | 'keys' | 'none'

/**
 * The names of keys; scripts make them in the same way.
 *
 * The kind comes before the bucket, so that all keys of a kind begin alike: who wants to hear of
 * changes to users (client tracking) names one prefix.
 */
export interface Keys {
  readonly prefix: string
  /** A packed row. */
  session(id: string): string
  /** A hash: `epoch`; `blocked`, since when; `v`, which grows with each change to the sessions. */
  state(owner: Owner): string
  /** A sorted set: ids of the user's sessions, by when they expire. */
  index(owner: Owner): string
  /** The epoch of everybody. */
  everybody(bucket: Bucket): string
  /** What a call of a script has answered. */
  call(bucket: Bucket, call: string): string
  /** A sorted set of one: the longest lease of any process's cache. */
  lease(): string
  /** A hash: `version` and `document` of the keys that sign access tokens. */
  signingKeys(): string
  /** There is none of this name, ever. */
  none(bucket: Bucket): string
  /** What all keys of a kind begin with, up to their bucket. */
  start(kind: Kind): string
  /** For SCAN. */
  pattern(kind: Kind): string
}

export function keysOf(prefix: string): Keys {
  const name = (kind: Kind, bucket: Bucket, rest: string) => `${prefix}${kind}:{${bucket}}${rest}`
  return {
    prefix,
    session: (id) => name('s', bucketOfHex(id), `:${id}`),
    state: (owner) => name('u', bucketOfOwner(owner), `:${owner.slice(3)}`),
    index: (owner) => name('i', bucketOfOwner(owner), `:${owner.slice(3)}`),
    everybody: (bucket) => name('all', bucket, ''),
    call: (bucket, call) => name('c', bucket, `:${call}`),
    lease: () => name('lease', '000', ''),
    signingKeys: () => name('keys', '000', ''),
    none: (bucket) => name('none', bucket, ''),
    start: (kind) => `${prefix}${kind}:{`,
    pattern: (kind) => `${prefix}${kind}:{*`,
  }
}

/** The `rand_a` bits of a session id in hexadecimal. */
export function bucketOfHex(id: string): Bucket {
  return id.slice(13, 16)
}

export function bucketOfOwner(owner: Owner): Bucket {
  return owner.slice(0, 3)
}

/** The bucket of a key of any kind. */
export function bucketOfKey(key: string): Bucket {
  const start = key.indexOf('{') + 1
  return key.slice(start, start + 3)
}

export function formatBucket(bucket: number): Bucket {
  return bucket.toString(16).padStart(3, '0')
}

export function ownerOf(userId: UserId): Owner {
  return formatBucket(bucketOf(userId)) + userId
}

export function userIdOf(owner: Owner, type: UserIdType): UserId {
  const id = owner.slice(3)
  return type === 'integer' ? Number(id) : id
}

export function hexOf(id: Uint8Array): string {
  return toBuffer(id).toString('hex')
}

/** The same bytes as drivers take them. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function bytesOf(id: string): Uint8Array {
  return Uint8Array.from(Buffer.from(id, 'hex'))
}

/** Groups what a script may take together: in a cluster the keys of one bucket, else all. */
export function groupByBucket(keys: readonly string[], isCluster: boolean): Map<Bucket, string[]> {
  if (!isCluster) return new Map(keys.length === 0 ? [] : [[bucketOfKey(keys[0] ?? ''), [...keys]]])
  return Map.groupBy(keys, bucketOfKey)
}
