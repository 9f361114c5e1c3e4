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
  /** What was read for this token. */
  find(token: string): Remembered | undefined
  /** To be called before a read is sent; keeps what it answers, if that may be. */
  beginRead(): (token: string, found: Found) => void
  /** The session was seen, and will be touched: so it is not due again with every hit. */
  touched(token: string): void
  stats(): CacheStats
}

export interface Remembered {
  /** As it was read. */
  readonly found: Found
  /** The database's time at the last `find`, as far as this process can tell. */
  readonly now: number
  /** For whoever asks: what it has made of `found`. Empty again when that is another one. */
  memo: unknown
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
