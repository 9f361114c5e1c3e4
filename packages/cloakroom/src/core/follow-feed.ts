import { announcedStore } from './announced-store.ts'
import { FeedCounts, type FeedHealth } from './feed-health.ts'
import { readInstant } from './instant.ts'
import type { Policy } from './policy.ts'
import { type RecordedLease, recordedLease } from './recorded-lease.ts'
import type { FeedListener, Invalidation } from './revocation-feed.ts'
import { Signals } from './signals/signals.ts'
import type { Store } from './store.ts'
import type { CacheFactory, VerificationCache } from './verification-cache.ts'

/** What a process has that follows its store's feed. */
export interface Followed {
  /** Tells the cache and the signals of its own changes, without waiting for the feed. */
  readonly store: Store
  readonly cache: VerificationCache | undefined
  readonly signals: Signals
  /**
   * Tells one more, who hears of servers that are listened to already as if they began now. Returns
   * what ends it.
   */
  readonly listen: (listener: FeedListener) => () => void
  health(): FeedHealth
  close(): Promise<void>
}

interface FollowOptions {
  readonly cacheFactory: CacheFactory | undefined
  readonly policy: Policy
  readonly onError: (error: unknown) => void
}

/** The lease of a process without a cache: it bounds how late a signal can be. */
const standardLeaseMs = 5000

/**
 * Begins to listen, if the store has a feed. What it tells reaches the cache and the signals, and nothing
 * else.
 * @throws {TypeError} for a cache without a feed; for a lease that the feed's heartbeat cannot renew in time
 */
export function followFeed(
  store: Store,
  { cacheFactory: factory, policy, onError }: FollowOptions,
): Followed | undefined {
  const { feed } = store
  if (feed === undefined) {
    if (factory === undefined) return undefined
    throw new TypeError('cache needs a store that was opened with its feed, by { feed: true }')
  }
  const leaseMs = factory?.leaseMs ?? Math.max(standardLeaseMs, 2 * feed.heartbeatMs)
  if (leaseMs < 2 * feed.heartbeatMs) {
    throw new TypeError(
      `leaseSeconds must be at least ${(2 * feed.heartbeatMs) / 1000}, twice the heartbeat of the store's feed`,
    )
  }
  const counts = new FeedCounts(leaseMs)
  const signals = new Signals({ store, policy, leaseMs, readInstant, onError })
  const cache = factory?.open()
  const listeners: FeedListener[] = [counts, signals]
  if (cache !== undefined) {
    listeners.push(onceRecorded(cache, recordedLease(store, leaseMs, onError)))
  }

  // A feed need not tell of what this process does itself: SQLite's does not.
  const announced: FeedListener[] = cache === undefined ? [signals] : [cache, signals]

  function announce(what: Invalidation): void {
    for (const each of announced) each.invalidated(what)
  }

  const listenedTo = new Set<string>()
  feed.start({
    listening(source) {
      listenedTo.add(source)
      for (const each of listeners) each.listening(source)
    },
    invalidated(what) {
      for (const each of listeners) each.invalidated(what)
    },
    confirmed(source, startedAt) {
      for (const each of listeners) each.confirmed(source, startedAt)
    },
    lost(source, error) {
      listenedTo.delete(source)
      for (const each of listeners) each.lost(source)
      if (error !== undefined) onError(error)
    },
  })
  return {
    store: announcedStore(store, announce),
    cache,
    signals,
    listen(listener) {
      listeners.push(listener)
      announced.push(listener)
      for (const source of listenedTo) listener.listening(source)
      return () => {
        for (const list of [listeners, announced]) {
          const at = list.indexOf(listener)
          if (at !== -1) list.splice(at, 1)
        }
      }
    },
    health: () => ({
      ...counts.health(),
      signals: signals.size,
      ...(cache && { cache: cache.stats() }),
    }),
    async close() {
      await feed.close()
      await signals.close()
    },
  }
}

/** The cache is confirmed only while the lease by which it goes is recorded. */
function onceRecorded(cache: VerificationCache, lease: RecordedLease): FeedListener {
  return {
    listening(source) {
      lease.reset()
      cache.listening(source)
    },
    invalidated: (what) => cache.invalidated(what),
    confirmed(source, startedAt) {
      if (lease.wasRecordedBy(startedAt)) cache.confirmed(source, startedAt)
      else lease.record()
    },
    lost(source) {
      lease.reset()
      cache.lost(source)
    },
  }
}
