import type { SqlDialect } from '../sql/dialect.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import type { Database } from './database.ts'
import type { Statements } from './statements.ts'

/** What the verbs of the store share. */
export interface StoreContext {
  readonly database: Database
  readonly sql: Statements
  readonly users: UsersJoin
  readonly dialect: SqlDialect
  readonly guard: string
}
