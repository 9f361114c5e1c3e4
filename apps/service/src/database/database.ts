import type { StoreFactory, UsersTable } from 'cloakroom'
import type { DatabaseAddress } from '../config.ts'

/** What a statement can be given. */
export type Value = string | number | boolean | null | Uint8Array

/**
 * Statements, in a transaction or each by itself, on any of the databases: `?` stands for a value,
 * and the text is what all of them understand. `Row` is what its author says that it returns; a
 * boolean comes back as `true` or as 1.
 *
 * Every verb rejects with a `CloakroomError` `store_unavailable` when the database fails.
 */
export interface Queries {
  one<Row>(sql: string, ...values: Value[]): Promise<Row | undefined>
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>
  /** Returns how many rows changed. */
  run(sql: string, ...values: Value[]): Promise<number>
  /** Inserts; `false`: a row with one of its keys is there, and stays as it is. */
  insertIfAbsent(table: string, row: Readonly<Record<string, Value>>): Promise<boolean>
  /** As `one`; until the transaction ends nobody else changes that row, or gets it from here. */
  lockOne<Row>(sql: string, ...values: Value[]): Promise<Row | undefined>
}

/** The service's own connections to the database that holds the users. */
export interface Database extends Queries {
  /**
   * All of `work` or nothing. It must await only the statements of the transaction, and bear to be
   * run again: where two transactions wait for each other, one is undone and tried once more.
   * Others' locks are waited for, for 5 s at most, without blocking the event loop.
   */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  /**
   * Brings the service's own tables up to date; of several processes at once, one does each step.
   * Cloakroom's tables beside them are Cloakroom's business.
   * @throws {Error} if a newer version of the service has been at work here
   */
  migrate(): Promise<void>
  /**
   * Sessions in the same database, on connections of their own: a burst of sign-ins is not in the
   * way of those who are only authenticated. `hasFeed`: it hears of what other processes end, where
   * the database can tell.
   */
  sessionStore(hasFeed: boolean): StoreFactory<UsersTable>
  close(): Promise<void>
}

/** For how long the lock of another transaction is waited for. */
export const lockTimeoutMs = 5000

/** Only the driver of the one that is asked for is loaded. */
export async function openDatabase(address: DatabaseAddress): Promise<Database> {
  switch (address.kind) {
    case 'sqlite':
      return (await import('./sqlite.ts')).openSqlite(address.path)
    case 'postgres':
      return (await import('./postgres.ts')).openPostgres(address.url)
    case 'mysql':
      return (await import('./mysql.ts')).openMysql(address.url)
  }
}
