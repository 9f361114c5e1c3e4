import { setTimeout as delay } from 'node:timers/promises'
import type { Attempt, Driver } from './driver.ts'
import { isConflict, isStalePlan, toCloakroomError } from './failure.ts'
import { connectPg, type PgPool } from './pg.ts'
import { connectPostgresJs, isPostgresJs, type PostgresJs } from './postgres-js.ts'
import { type Row, toText, type Value } from './values.ts'

export interface ConnectionOptions {
  readonly timeoutMs: number
  readonly prepared: boolean
}

export type Query = (sql: string, values?: readonly Value[]) => Promise<Row[]>

/** Statements on the application's pool. All reject with `store_unavailable` only. */
export interface Connection {
  /** One statement, in a transaction of its own. */
  readonly query: Query
  /** Several in one transaction. All of it is done anew if the server has preferred another one. */
  transact<Result>(work: (query: Query) => Promise<Result>): Promise<Result>
  /** Waits until the standbys show all that was committed before. Absent: cannot be done. */
  readonly awaitStandbys?: () => Promise<void>
}

const mostAttempts = 10

/** @throws {TypeError} for what is neither driver's */
export function connect(pool: PgPool | PostgresJs, options: ConnectionOptions): Connection {
  const driver = recogniseDriver(pool)
  const { awaitStandbys } = driver
  const { timeoutMs, prepared } = options

  async function attempt<Result>(run: (attempt: Attempt) => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + timeoutMs
    let arePrepared = prepared
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await run({ deadline, prepared: arePrepared })
      } catch (error) {
        if (isStalePlan(error) && arePrepared) arePrepared = false
        else if (isConflict(error) && attempts < mostAttempts) {
          await delay(Math.random() * 2 ** attempts)
        } else throw toCloakroomError(error)
      }
    }
  }

  return {
    query: (sql, values = []) => {
      const texts = values.map(toText)
      return attempt((how) => driver.query(sql, texts, how))
    },
    transact: (work) =>
      attempt((how) =>
        driver.transact(
          (execute) => work((sql, values = []) => execute(sql, values.map(toText))),
          how,
        ),
      ),
    ...(awaitStandbys && { awaitStandbys: () => attempt((how) => awaitStandbys(how)) }),
  }
}

function recogniseDriver(pool: PgPool | PostgresJs): Driver {
  if (isPostgresJs(pool)) return connectPostgresJs(pool)
  if (typeof pool?.connect === 'function' && 'totalCount' in pool) return connectPg(pool)
  throw new TypeError('postgres() takes a Pool of pg, or what postgres(…) of postgres.js returns')
}
