import type { StoreFactory } from '../core/store.ts'
import type { UserId, Users } from '../core/user.ts'

type Done = void | Promise<void>

/**
 * What `storeContract` needs of a store. Each test opens one, on data that is fresh, empty and
 * nobody else's, and closes it.
 */
export interface StoreHarness<U extends Users = Users> {
  /** The store under test. */
  readonly store: StoreFactory<U>
  /** The users that the next three verbs write, with an `active` condition. */
  readonly users: U
  addUser(id: UserId): Done
  /** Deletes the user, as the application would. */
  removeUser(id: UserId): Done
  /** Makes `active` false: what `update users set banned = true` does. */
  deactivateUser(id: UserId): Done

  /** The time in this process, in milliseconds since 1970: what applications pass as `clock`. */
  readonly clock: () => number
  /**
   * Lets time go by: moves the store's clock, or makes every row of it that much older. The suite
   * looks at no absolute time. Not always whole seconds.
   */
  advance(seconds: number): Done
  /**
   * How near to a deadline the suite may look, in milliseconds: 1 where only `advance` moves the
   * store's clock; else longer than a few statements take.
   */
  readonly precisionMs: number

  /** The same data over a connection of its own, as another process would have it. */
  another(): StoreFactory<U> | Promise<StoreFactory<U>>
  /** Makes the database fail every statement from now on. For a store that cannot fail: absent. */
  breakDown?(): Done
  close(): Done
}
