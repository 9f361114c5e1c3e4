import { type Attempt, type Driver, limits, type Texts, TooLate, within } from './driver.ts'
import { parseValue, type Row } from './values.ts'

/** The part of postgres.js' `sql` that is used. */
export interface PostgresJs extends PostgresJsStatements {
  readonly options: { readonly transform: { readonly row: { readonly from?: unknown } } }
  begin(options: string, work: (sql: PostgresJsStatements) => Promise<unknown>): Promise<unknown>
  /** For a feed. `sql` is what the driver listens with, on its one connection. */
  readonly listen?: {
    (channel: string, hear: (payload: string) => void, onListen: () => void): PromiseLike<unknown>
    readonly sql?: PostgresJsStatements
  }
}

export interface PostgresJsStatements {
  unsafe(
    sql: string,
    values?: never[],
    options?: { prepare?: boolean },
  ): { raw(): PromiseLike<unknown> }
  typed(value: never, type: number): unknown
}

export interface Answer {
  readonly rows: Row[]
  /** Of the process that the server said will serve this connection. */
  readonly processId: number
}

interface RawRows extends Array<readonly (Uint8Array | null)[]> {
  readonly columns: readonly { readonly type: number }[]
  /** Of the connection. */
  readonly state: { readonly pid: number }
}

export function isPostgresJs(pool: unknown): pool is PostgresJs {
  return typeof pool === 'function' && 'unsafe' in pool && 'begin' in pool
}

export function connectPostgresJs(sql: PostgresJs): Driver {
  if (sql.options?.transform?.row?.from !== undefined) {
    throw new TypeError(
      'postgres() needs rows as they are: give it a postgres.js instance without transform.row',
    )
  }
  return {
    // Left alone when it is too late: `cancel()` makes a connection for it, and if that fails, an
    // unhandled rejection, which ends the process.
    query: (text, values, attempt) => within(attempt.deadline, execute(sql, text, values, attempt)),

    async transact<Result>(
      work: (execute: (text: string, values: Texts) => Promise<Row[]>) => Promise<Result>,
      attempt: Attempt,
    ): Promise<Result> {
      const transaction = sql.begin('isolation level read committed read write', async (inside) => {
        await execute(inside, limits(attempt), [], attempt)
        return await work(async (text, values) => {
          const rows = await execute(inside, text, values, attempt)
          // Its caller has given up: what was done so far is rolled back.
          if (performance.now() > attempt.deadline)
            throw new TooLate('The transaction took too long')
          return rows
        })
      })
      return (await within(attempt.deadline, transaction)) as Result
    },
  }
}

// The server infers what the types are. If they were named, or inferred here, the driver would
// convert the values as the application may have told it to (`types`).
const unknownType = 705

async function execute(
  sql: PostgresJsStatements,
  text: string,
  values: Texts,
  { prepared }: Attempt,
): Promise<Row[]> {
  return (await run(sql, text, values, prepared)).rows
}

export async function run(
  sql: PostgresJsStatements,
  text: string,
  values: Texts,
  prepare: boolean,
): Promise<Answer> {
  const parameters = values.map((value) => sql.typed(value as never, unknownType)) as never[]
  const raw = (await sql.unsafe(text, parameters, { prepare }).raw()) as RawRows
  // After a statement that failed in the middle of its rows, the rows of the next one on the same
  // connection begin behind as many holes (porsager/postgres#1181), which `flatMap` leaves out.
  return { rows: raw.flatMap((row) => [readRow(row, raw.columns)]), processId: raw.state.pid }
}

function readRow(row: RawRows[number], columns: RawRows['columns']): Row {
  return row.map((bytes, index) => {
    const type = columns[index]?.type as number
    return bytes === null ? null : parseValue(type, Buffer.from(bytes).toString())
  })
}
