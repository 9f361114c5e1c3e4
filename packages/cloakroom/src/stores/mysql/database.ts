import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from '../../errors.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import { acquire, type Connection, type MysqlCallbackPool } from './driver.ts'
import { isConflict, isRefusal, toFailure, unavailable } from './failure.ts'
import { type GuardedStatement, inTransaction, readFresh, writeCommitted } from './transaction.ts'

type Work<Result> = (connection: Connection) => Promise<Result>

/**
 * Runs statements on the pool's connections. What fails, or takes longer than the limit, is
 * `store_unavailable`. Deadlocks are repeated.
 */
export interface Database {
  /**
   * A transaction, each statement of which sees what was committed before it. It is repeated as a
   * whole, so `work` may keep nothing but what it returns.
   */
  transact<Result>(work: Work<Result>, limitMs?: number): Promise<Result>
  /** Rows of a statement whose last column is the guard; see `readFresh`. */
  read(guarded: GuardedStatement, limitMs?: number): Promise<SqlRow[]>
  /** One statement, committed when it resolves. Returns how many rows it affected. */
  write(sql: string, values: readonly SqlValue[]): Promise<number>
}

export function createDatabase(pool: MysqlCallbackPool, timeoutMs: number): Database {
  /** All of it together may take as long: waiting for a connection, statements, repetitions. */
  function use<Result>(work: Work<Result>, limitMs: number = timeoutMs): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    let held: Connection | undefined
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      held?.destroy()
      reject(unavailable(`MySQL did not answer within ${limitMs / 1000} seconds`))
    }, limitMs)

    async function run(): Promise<Result> {
      const connection = await acquire(pool)
      held = connection
      try {
        if (isLate) throw unavailable('The pool gave a connection too late')
        const result = await repeatConflicts(() => work(connection))
        connection.release()
        return result
      } catch (error) {
        if (error instanceof CloakroomError || isRefusal(error)) connection.release()
        else connection.destroy()
        throw error
      }
    }

    void run()
      .then(resolve, (error: unknown) => reject(toFailure(error)))
      .finally(() => clearTimeout(timer))
    return promise
  }

  return {
    transact: (work, limitMs) => use((connection) => inTransaction(connection, work), limitMs),
    read: (guarded, limitMs) => use((connection) => readFresh(connection, guarded), limitMs),
    write: (sql, values) => use((connection) => writeCommitted(connection, sql, values)),
  }
}

async function repeatConflicts<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      // Not for ever: the deadline destroys the connection.
      if (!isConflict(error)) throw error
      await delay(Math.random() * 10)
    }
  }
}
