import type { StoreFactory, UsersTable } from 'cloakroom'

/** Where the tables of one run are: a schema, or a file, of their own. */
export interface DatabasePlace {
  readonly kind: 'sqlite' | 'postgres' | 'mysql'
  /** A path, or a URL. */
  readonly location: string
  /** Empty in SQLite. */
  readonly schema: string
}

export type Value = string | number

/** A connection, or a pool of them. */
export interface Database {
  /** One statement, prepared where it was before; its parameters are `?`. */
  query(sql: string, values?: readonly Value[]): Promise<Record<string, unknown>[]>
  /** A table of the run, as it is named in a statement. */
  table(name: string): string
  store(feed: boolean): StoreFactory<UsersTable>
  /** Loses at most what a crash loses, and makes ten thousand sign-ins a matter of seconds. */
  relaxDurability?(): void
  /** Statements sent so far, by whomever; only where they are counted. */
  statements(): number
  close(): Promise<void>
}

export interface OpenOptions {
  /** Costs time, so that what is timed is not counted. */
  readonly isCounting: boolean
}
