import type { TableNames } from '../sql/select.ts'

/** Where everything is: resolved once, qualified and quoted, whatever the search path is later. */
export interface Tables extends TableNames {
  readonly signingKeys: string
  /** The application's. */
  readonly usersTable: string
  /** The type, as which a user's id is sent. */
  readonly userIdType: string
}
