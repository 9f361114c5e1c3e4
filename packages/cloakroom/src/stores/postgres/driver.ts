import type { Row } from './values.ts'

/** Values of a statement, as the server reads them. */
export type Texts = readonly (string | null)[]

/** How a driver is to run something. */
export interface Attempt {
  /** When to give up, by `performance.now()`. */
  readonly deadline: number
  /** Whether the server keeps the statements' plans. */
  readonly prepared: boolean
}

/** A statement of a transaction. Without values it may be several, separated by semicolons. */
export type Execute = (sql: string, values: Texts) => Promise<Row[]>

/** What both drivers can do. Rejects with the driver's own errors, or `TooLate`. */
export interface Driver {
  /** One statement, in a transaction of its own. */
  query(sql: string, values: Texts, attempt: Attempt): Promise<Row[]>
  /** A transaction, at the isolation level `read committed` whatever the application's default. */
  transact<Result>(work: (execute: Execute) => Promise<Result>, attempt: Attempt): Promise<Result>
  /**
   * Commits something, and resolves when all synchronous standbys show it. Absent where the driver
   * hides the warning by which the server tells that somebody cut this wait short.
   */
  awaitStandbys?(attempt: Attempt): Promise<void>
}

export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** What the promise comes to, or `TooLate`. What it comes to later is nobody's concern. */
export async function within<Result>(
  deadline: number,
  promise: PromiseLike<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const expire = () => reject(new TooLate('PostgreSQL did not answer in time'))
    timer = setTimeout(expire, Math.max(0, deadline - performance.now()))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What ends a transaction on the server, in case that this process hangs. */
export function limits({ deadline }: Attempt): string {
  const milliseconds = Math.max(1, Math.ceil(deadline - performance.now()))
  return `set local statement_timeout = ${milliseconds}; set local idle_in_transaction_session_timeout = ${milliseconds}`
}
