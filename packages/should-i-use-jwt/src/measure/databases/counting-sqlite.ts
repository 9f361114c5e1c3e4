import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** A database that counts the statements that are run on it. */
export class CountingSqlite extends DatabaseSync {
  ran = 0

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql)
    for (const verb of ['get', 'all', 'run'] as const) {
      const run = statement[verb] as (...values: unknown[]) => unknown
      const counted = (...values: unknown[]): unknown => {
        // A feed asks whether anything was committed; no request waits for that.
        if (!sql.startsWith('pragma')) this.ran += 1
        return run.apply(statement, values)
      }
      Object.defineProperty(statement, verb, { value: counted })
    }
    return statement
  }
}
