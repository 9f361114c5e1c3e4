import type { Policy } from '../../core/policy.ts'
import type { Store, StoreFactory } from '../../core/store.ts'
import type { UserIdType, Users } from '../../core/user.ts'

/** Whose sessions a command works on. */
export interface Application {
  /** For people, in questions and answers. Holds no password. */
  readonly name: string
  readonly store: StoreFactory
  readonly users: Users
  readonly userIdType: UserIdType
  /** `undefined`: only the application knows its timeouts, and nothing was said about them. */
  readonly policy: Policy | undefined
  readonly clock: () => number
}

/** @throws {CloakroomError} `schema_missing`, `schema_newer`, `schema_mismatch`, `store_unavailable` */
export function openStore({ store, users, clock }: Application): Promise<Store> {
  return store.open({ users, clock })
}
