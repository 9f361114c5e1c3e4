import type { DataFormat } from './data.ts'
import type { Policy } from './policy.ts'
import type { FeedListener } from './revocation-feed.ts'
import type { Signals } from './signals/signals.ts'
import type { Found, SessionCap, Store } from './store.ts'
import type { UserIdType } from './user.ts'

/** What the verbs of the core share: made once by `cloakroom`, never changed. */
export interface Context<Data> {
  readonly store: Store
  readonly policy: Policy
  /** Milliseconds since 1970 in this process. Only judges what has not reached the database. */
  readonly clock: () => number
  readonly tokenPrefix: string
  readonly userIdType: UserIdType
  readonly data: DataFormat<Data>
  readonly cap: SessionCap | undefined
  /** How old an answer of `verify` may be, in milliseconds: the lease of the cache; 0 without one. */
  readonly leaseMs: number
  /**
   * Tells one more of what the store's feed tells, and returns what ends it. `undefined`: the store was
   * opened without its feed.
   */
  readonly listen: ((listener: FeedListener) => () => void) | undefined
  /** Where session snapshots have their `signal` from. `undefined`: as above. */
  readonly signals: Signals | undefined
  /** Told of every live session that was verified, so that it can be touched later. */
  readonly seen: (found: Found) => void
  /** Told of what fails where nobody waits for it. */
  readonly onError: (error: unknown) => void
}

const contexts = new WeakMap<object, Context<unknown>>()

/** Lets `contextOf` find the context of a public object, which does not show it. */
export function setContext<Data>(auth: object, context: Context<Data>): void {
  contexts.set(auth, context as Context<unknown>)
}

/** The context of what `cloakroom` made: for rooms of the library that are built on its sessions. */
export function contextOf(auth: object): Context<unknown> {
  const context = contexts.get(auth)
  if (context === undefined) throw new TypeError('Expected what cloakroom({ … }) resolved to')
  return context
}
