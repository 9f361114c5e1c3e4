import pg from 'pg'
import type { Sent } from '../remote-target.ts'

export interface CountingPool {
  readonly pool: pg.Pool
  readonly sent: () => Sent
  /** The text of the last statement. */
  readonly lastText: () => string
}

/** As many connections as pg's own default. */
export const poolSize = 10

export function isWriting(text: string): boolean {
  return /\b(?:insert|update|delete)\b/i.test(text)
}

/** A pool that counts what its clients send, however they are asked to. */
export function countingPool(connectionString: string): CountingPool {
  let statements = 0
  let writes = 0
  let text = ''

  class CountingClient extends pg.Client {
    // Its many overloads come down to this: a text, or an object that has one.
    // biome-ignore lint/suspicious/noExplicitAny: passed on as it is
    override query(...given: any): any {
      const [query] = given as [string | { text: string }]
      text = typeof query === 'string' ? query : query.text
      statements += 1
      if (isWriting(text)) writes += 1
      return (super.query as (...values: unknown[]) => unknown)(...given)
    }
  }

  const pool = new pg.Pool({ connectionString, max: poolSize, Client: CountingClient } as never)
  return { pool, sent: () => ({ statements, writes }), lastText: () => text }
}
