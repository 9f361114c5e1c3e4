import { checkUsers } from './check-users.ts'
import type { Migrated, Migrations, StoreFactory } from './store.ts'
import type { Users } from './user.ts'

/** What `migrate` takes: the same as `cloakroom`, of which it looks at these two. */
export interface MigrateOptions<U extends Users = Users> {
  readonly store: StoreFactory<NoInfer<U>>
  readonly users: U
}

/**
 * Makes the store's tables, or brings them up to date; what `npx cloakroom migrate` does. Idempotent,
 * and safe to run from several processes at once. The application's own tables it leaves as they are; a
 * store that was asked for a feed may put triggers on its users table.
 *
 * @throws {CloakroomError} `schema_newer`, `schema_mismatch`, `store_unavailable`
 * @throws {TypeError} for a store that has no tables
 */
export async function migrate<const U extends Users>(
  options: MigrateOptions<U>,
): Promise<Migrated> {
  return migrationsOf(options).migrate({ users: options.users })
}

/** The statements that `migrate` would run, for a migration tool of your own; none when up to date. */
export async function pendingMigrations<const U extends Users>(
  options: MigrateOptions<U>,
): Promise<string[]> {
  return migrationsOf(options).pending({ users: options.users })
}

function migrationsOf<U extends Users>({ store, users }: MigrateOptions<U>): Migrations<U> {
  checkUsers(users)
  if (store?.migrations !== undefined) return store.migrations
  throw new TypeError('This store has no tables: there is nothing to migrate')
}
