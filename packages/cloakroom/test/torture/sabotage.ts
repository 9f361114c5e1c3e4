import type {
  CacheFactory,
  FeedListener,
  RevocationFeed,
  StoreFactory,
  VerificationCache,
} from 'cloakroom'
import { readInstant } from '../../src/core/instant.ts'
import type { Users } from '../../src/core/user.ts'

/**
 * Ways to break the protocol, from outside: each must be found by the checker.
 *
 * - `ticket`: an answer is kept although something was heard while it was read.
 * - `lease`: it counts from the end of the round trip.
 * - `generation`: what was kept lives on when the feed was lost and listens again.
 * - `feed`: the feed never says that it was lost, and goes on confirming.
 * - `ping`: on Valkey, a PING takes the place of the heartbeat's write and of WAIT.
 */
export type Sabotage = (typeof sabotages)[number]

export const sabotages = ['ticket', 'lease', 'generation', 'feed', 'ping'] as const

/** The fault by which each shows. */
export const shownBy: Readonly<Record<Sabotage, string>> = {
  ticket: 'answers of the store slow',
  lease: 'feeds slow, then in a black hole',
  generation: 'feeds cut off',
  feed: 'feeds in a black hole',
  ping: 'primary stopped, replaced and continued',
}

export function sabotageCache(factory: CacheFactory, sabotage: Sabotage | undefined): CacheFactory {
  const change = cacheSabotages[sabotage as keyof typeof cacheSabotages]
  if (change === undefined) return factory
  return { leaseMs: factory.leaseMs, open: () => change(factory.open()) }
}

const cacheSabotages = {
  ticket: (cache: VerificationCache) =>
    around(cache, { beginRead: () => (token, found) => cache.beginRead()(token, found) }),

  lease: (cache: VerificationCache) =>
    around(cache, { confirmed: (source) => cache.confirmed(source, readInstant()) }),

  generation(cache: VerificationCache) {
    const known = new Set<string>()
    return around(cache, {
      listening(source) {
        if (!known.has(source)) cache.listening(source)
        known.add(source)
      },
      lost: () => undefined,
    })
  },
}

function around(cache: VerificationCache, changed: Partial<VerificationCache>): VerificationCache {
  return {
    find: (token) => cache.find(token),
    beginRead: () => cache.beginRead(),
    touched: (token) => cache.touched(token),
    stats: () => cache.stats(),
    listening: (source) => cache.listening(source),
    invalidated: (what) => cache.invalidated(what),
    confirmed: (source, startedAt) => cache.confirmed(source, startedAt),
    lost: (source) => cache.lost(source),
    ...changed,
  }
}

export function sabotageStore<U extends Users>(
  factory: StoreFactory<U>,
  sabotage: Sabotage | undefined,
): StoreFactory<U> {
  if (sabotage !== 'feed') return factory
  return {
    ...factory,
    async open(definition) {
      const store = await factory.open(definition)
      if (store.feed === undefined) return store
      return { ...store, feed: confident(store.feed) }
    },
  }
}

/** The same feed, which hides that it was lost. */
function confident(feed: RevocationFeed): RevocationFeed {
  const sources = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const over = (listener: FeedListener): FeedListener => ({
    listening(source) {
      if (!sources.has(source)) listener.listening(source)
      sources.add(source)
    },
    invalidated: (what) => listener.invalidated(what),
    confirmed: (source, startedAt) => listener.confirmed(source, startedAt),
    lost: () => undefined,
  })
  return {
    heartbeatMs: feed.heartbeatMs,
    start(listener) {
      feed.start(over(listener))
      timer = setInterval(() => {
        for (const source of sources) listener.confirmed(source, readInstant())
      }, feed.heartbeatMs)
      timer.unref()
    },
    async close() {
      clearInterval(timer)
      await feed.close()
    },
  }
}
