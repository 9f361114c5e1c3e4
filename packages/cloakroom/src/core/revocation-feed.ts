import type { Instant } from './instant.ts'
import type { UserId } from './user.ts'

/**
 * How a process hears of sessions that ended, or changed, elsewhere. `feedContract` in
 * `cloakroom/testing` tests it.
 *
 * A feed may lose its connection at any time, and says so; it never goes on as if nothing had been.
 * What it promises is the order: whatever was committed before the start of a round trip that it
 * confirms has been handed to `invalidated` before that.
 */
export interface RevocationFeed {
  /** Milliseconds between the starts of two round trips, when all is well. */
  readonly heartbeatMs: number
  /** Begins to listen, and begins again by itself whenever it fails. At most once. */
  start(listener: FeedListener): void
  /** Stops, and calls the listener no more. The store's own `close` does it too. */
  close(): Promise<void>
}

/**
 * What a feed tells, in this order: `listening`, then any number of `invalidated` and `confirmed`,
 * then `lost`; and from the beginning. `lost` alone: it could not even begin, and why. A `source` is a server that answers and revokes by itself, such
 * as one primary of a cluster; most feeds have one and call it `''`.
 */
export interface FeedListener {
  /** From now on everything is heard. A read that was sent before now may have missed something. */
  listening(source: string): void
  invalidated(what: Invalidation): void
  /**
   * A round trip that began at `startedAt` has proved that the feed still listens, and to the server
   * that decides. The **start**, because what was committed during it may still be on its way.
   */
  confirmed(source: string, startedAt: Instant): void
  /** Something may have been missed: whatever was heard from there before proves nothing now. */
  lost(source: string, error?: unknown): void
}

/** Whose sessions may be different from what was read earlier. */
export type Invalidation =
  | { readonly sessionIds: readonly Uint8Array[] }
  | { readonly userIds: readonly UserId[] }
  | { readonly everybody: true }
