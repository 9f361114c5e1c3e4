import type { Users } from '../core/user.ts'
import type { StoreHarness } from './store-harness.ts'

type Done = void | Promise<void>

/** What `feedContract` needs of a store with a feed: `store` and `another` are opened with one. */
export interface FeedHarness<U extends Users = Users> extends StoreHarness<U> {
  /** How many servers the feed listens to, each for itself. Default 1. */
  readonly sources?: number
  /**
   * Whether the feed hears of users that `removeUser` and `deactivateUser` change. False where users are
   * in another place than sessions.
   */
  readonly hearsUsers: boolean
  /**
   * Whether the feed tells whose sessions changed. False for one that says `everybody` of any change,
   * also of those that nobody need hear of.
   */
  readonly isExact: boolean
  /** Deletes the session's row, as other code than Cloakroom's would. Absent: nobody can. */
  deleteRow?(sessionId: Uint8Array): Done
  /** Cuts the feeds off their server, which lives on. Absent: there is nothing to cut. */
  cut?(): Done
}
