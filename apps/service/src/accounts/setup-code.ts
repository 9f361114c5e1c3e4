import { hash, timingSafeEqual } from 'node:crypto'
import type { Database, Queries } from '../database/database.ts'
import { hashCode, mintCode } from './codes.ts'

/** The code that makes somebody the first administrator. Worth nothing once there is one. */
export interface SetupCode {
  /** Makes a code for this start, valid for half an hour. */
  issue(): Promise<string>
  /** Whether this is the preset code, or one of those that the last starts printed. */
  isValid(queries: Queries, code: string): Promise<boolean>
  /** Makes all codes void but the preset one. */
  voidAll(transaction: Queries): Promise<void>
}

const lifetimeMs = 30 * 60_000

/** @param preset A code that is valid at all times, for automation. */
export function createSetupCode(
  database: Database,
  clock: () => number,
  preset: string | undefined,
): SetupCode {
  return {
    issue: () =>
      database.transaction(async (queries) => {
        const code = mintCode()
        await queries.run('delete from setup_codes where expires_at <= ?', clock())
        // Beside those of other processes on the same database: each prints its own.
        await queries.run(
          'insert into setup_codes (code_hash, expires_at) values (?, ?)',
          hashCode(code),
          clock() + lifetimeMs,
        )
        return code
      }),

    async isValid(queries, code) {
      if (isPreset(code, preset)) return true
      const sql = 'select expires_at from setup_codes where code_hash = ? and expires_at > ?'
      return (await queries.one(sql, hashCode(code), clock())) !== undefined
    },

    async voidAll(transaction) {
      await transaction.run('delete from setup_codes')
    },
  }
}

function isPreset(code: string, preset: string | undefined): boolean {
  if (preset === undefined) return false
  const digest = (text: string) => hash('sha256', text, 'buffer')
  return timingSafeEqual(digest(code), digest(preset))
}
