import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** A database that notes the text of every statement that is run on it. */
export class RecordingDatabase extends DatabaseSync {
  readonly ran: string[] = []

  override exec(sql: string): void {
    this.ran.push(sql)
    super.exec(sql)
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql)
    for (const verb of ['get', 'all', 'run', 'iterate'] as const) {
      const run = statement[verb] as (...values: unknown[]) => unknown
      const recorded = (...values: unknown[]): unknown => {
        this.ran.push(sql)
        return run.apply(statement, values)
      }
      Object.defineProperty(statement, verb, { value: recorded })
    }
    return statement
  }
}
