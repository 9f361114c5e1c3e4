import type { ColumnType, UserId, UserIdType } from '../../core/user.ts'

/** What a driver gives, and takes. */
export type SqlValue = unknown
/** Rows are arrays: names of columns cannot clash then. */
export type SqlRow = readonly SqlValue[]

/** What databases write differently in statements that are otherwise the same. */
export interface SqlDialect {
  quote(name: string): string
  /** The application's table, of which `users.table` gives the name, or `schema.table`. */
  quoteTable(name: string): string
  /** An expression of this type, so that the driver gives what `UsersJoin.read` understands. */
  select(expression: string, type: ColumnType): string
  /** A column with a time, as milliseconds since 1970. */
  time(column: string): string
  /** The database's time in milliseconds since 1970. Absent: the time of this process counts. */
  readonly now?: string
  /** The condition under which a user's id is that of a column of ours. */
  sameUser(userColumn: string, column: string): string
  /**
   * Joins the user and the impersonator of `s`, as `u` and `im`, from the derived table of users.
   * Absent: by their keys, which suffices where the database reads nobody else's row.
   */
  joinOwners?(users: string): string
  /** A user id as the driver takes it. */
  bindUserId(id: UserId, type: UserIdType): SqlValue
  /** A session id as the driver gives it. */
  readId(value: SqlValue): Uint8Array
}
