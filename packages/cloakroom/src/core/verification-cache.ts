import type { FeedListener } from './revocation-feed.ts'
import type { Found } from './store.ts'

/** What an application passes as `cache`: made by `leasedCache(…)`. */
export interface CacheFactory {
  /** For how long after the feed was last known good an answer may be used. */
  readonly leaseMs: number
  readonly open: () => VerificationCache
}

/** What has been read of sessions, for as long as it may be believed. */
export interface VerificationCache extends FeedListener {
  /** What was read for this token, with `now` moved on to now. */
  find(token: string): Found | undefined
  /** To be called before a read is sent; keeps what it answers, if that may be. */
  beginRead(): (token: string, found: Found) => void
  /** The session was seen, and will be touched: so it is not due again with every hit. */
  touched(token: string): void
  stats(): CacheStats
}

export interface CacheStats {
  /** Sessions that are kept. */
  readonly sessions: number
  readonly hits: number
  /** Tokens that were not there. */
  readonly misses: number
  /** Tokens that were there and not used: the lease had run out, or they were too old. */
  readonly bypasses: number
  /** Answers that were not kept, because something was told while they were read. */
  readonly voidedFills: number
}
