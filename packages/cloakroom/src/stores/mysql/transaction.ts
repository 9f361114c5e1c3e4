import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import type { Connection, Written } from './driver.ts'
import { isTransactionInProgress, unavailable } from './failure.ts'

/**
 * Runs `work` in a transaction. At MySQL's default isolation level its reads would be of the time of
 * the first one, and its locks would extend to rows that are not there.
 */
export async function inTransaction<Result>(
  connection: Connection,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  await begin(connection)
  try {
    const result = await work(connection)
    await connection.command('commit')
    return result
  } catch (error) {
    await connection.command('rollback').catch(() => connection.destroy())
    throw error
  }
}

const readCommitted = 'set transaction isolation level read committed'

async function begin(connection: Connection): Promise<void> {
  try {
    await connection.command(readCommitted)
  } catch (error) {
    if (!isTransactionInProgress(error)) throw error
    await leaveTransaction(connection)
    await connection.command(readCommitted)
  }
  await connection.command('start transaction')
}

/** A statement that reads, and the guard that is its last column. */
export interface GuardedStatement {
  readonly sql: string
  readonly values: readonly SqlValue[]
  readonly guard: string
}

const fresh = 1
const inForeignTransaction = 0

/** 1; 0 in a transaction; null where nothing can be written. */
export function guardExpression(isMariadb: boolean): string {
  // MySQL does not tell whether a transaction is open.
  const isFree = isMariadb ? '@@autocommit = 1 and @@in_transaction = 0' : '@@autocommit = 1'
  // Compared as text, because versions of MariaDB differ in the variable's type.
  const isWritable = `cast(@@global.read_only as char) in ('0', 'OFF') and @@innodb_read_only = 0`
  return `if(${isWritable}, ${isFree}, null)`
}

/**
 * Reads what is committed now. A connection can come from the application with its transaction still
 * open, or with autocommit off, and then shows the time of the first read in it: before a revocation,
 * perhaps. And a server that has become a replica knows only what has reached it.
 */
export async function readFresh(
  connection: Connection,
  { sql, values, guard }: GuardedStatement,
): Promise<SqlRow[]> {
  const rows = await connection.rows(sql, values)
  const [row] = rows.length > 0 ? rows : await connection.rows(`select ${guard}`)
  const verdict = row?.at(-1)
  if (verdict === fresh) return rows
  if (verdict !== inForeignTransaction) {
    // The next connection may find the server that is the primary now.
    connection.destroy()
    throw unavailable('MySQL is read-only here. Cloakroom reads and writes on the primary')
  }
  await leaveTransaction(connection)
  return inTransaction(connection, () => connection.rows(sql, values))
}

/** Returns how many rows the statement affected, when that is committed. */
export async function writeCommitted(
  connection: Connection,
  sql: string,
  values: readonly SqlValue[],
): Promise<number> {
  const written = await connection.run(sql, values)
  if (isCommitted(written)) return written.affectedRows
  await leaveTransaction(connection)
  const { affectedRows } = await inTransaction(connection, () => connection.run(sql, values))
  return affectedRows
}

const inTransactionFlag = 1
const autocommitFlag = 2

function isCommitted({ serverStatus }: Written): boolean {
  return (serverStatus & (inTransactionFlag | autocommitFlag)) === autocommitFlag
}

// Whoever gave the connection back without a commit has no use for what it did.
function leaveTransaction(connection: Connection): Promise<void> {
  return connection.command('rollback')
}
