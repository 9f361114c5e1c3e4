import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLookups, type LookupLimits } from '../src/stores/postgres/lookups.ts'
import { hexOf } from '../src/stores/postgres/values.ts'

/** A statement that was sent and has not returned. */
export interface Statement {
  readonly kind: 'one' | 'many'
  readonly keys: readonly string[]
  /** It returns the rows of these ids: the strings that `rowOf` makes of them. */
  answer(rowOf?: (key: string) => string | undefined): Promise<void>
  fail(error: unknown): Promise<void>
}

export interface Server {
  readonly find: (id: Uint8Array) => Promise<string | undefined>
  /** Every statement, in the order in which they were sent. */
  readonly sent: Statement[]
}

export class DataError extends Error {}

export function idOf(number: number): Uint8Array {
  const id = Buffer.alloc(16)
  id.writeUInt32BE(number)
  return id
}

export function keyOf(number: number): string {
  return hexOf(idOf(number))
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

/** Lookups over statements that return when the test says so. */
export function serve(limits: Partial<LookupLimits> = {}): Server {
  const sent: Statement[] = []
  function send<Result>(
    kind: Statement['kind'],
    ids: readonly Uint8Array[],
    toResult: (rowOf: (key: string) => string | undefined) => Result,
  ): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    sent.push({
      kind,
      keys: ids.map(hexOf),
      answer(rowOf = (key) => `row of ${key}`) {
        resolve(toResult(rowOf))
        return nextTurn()
      },
      fail(error) {
        reject(error)
        return nextTurn()
      },
    })
    return promise
  }
  const find = createLookups<string>(
    {
      findOne: (id) => send('one', [id], (rowOf) => rowOf(hexOf(id))),
      findMany: (ids) =>
        send('many', ids, (rowOf) => {
          const rows = ids.map((id) => [hexOf(id), rowOf(hexOf(id))] as const)
          return new Map(rows.filter((row): row is [string, string] => row[1] !== undefined))
        }),
      isDataError: (error) => error instanceof DataError,
    },
    { maxStatements: 2, timeoutMs: 60_000, ...limits },
  )
  return { find, sent }
}

/** What became of a lookup so far. */
export function watch<Row>(lookup: Promise<Row>): { outcome?: Row; error?: unknown } {
  const watched: { outcome?: Row; error?: unknown } = {}
  lookup.then(
    (row) => Object.assign(watched, { outcome: row }),
    (error) => Object.assign(watched, { error }),
  )
  return watched
}

/** As many lookups, of these ids, as occupy every statement that there may be. */
export function occupy({ find }: Server, count = 2): void {
  for (const number of numbers(0, count)) void find(idOf(1_000_000 + number))
}
