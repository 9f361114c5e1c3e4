import { hash, timingSafeEqual } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { hashCode, mintCode } from './codes.ts'

/** The code that makes somebody the first administrator. Worth nothing once there is one. */
export interface SetupCode {
  /** Makes a code for this start, valid for half an hour. */
  issue(): Promise<string>
  /** Whether this is the preset code, or one of those that the last starts printed. */
  isValid(code: string): boolean
  /** Makes all codes void but the preset one. To be called within a transaction. */
  voidAll(): void
}

const lifetimeMs = 30 * 60_000

/** @param preset A code that is valid at all times, for automation. */
export function createSetupCode(
  database: Database,
  clock: () => number,
  preset: string | undefined,
): SetupCode {
  const run = {
    issue: database.prepare('insert into setup_codes (code_hash, expires_at) values (?, ?)'),
    isValid: database.prepare('select 1 from setup_codes where code_hash = ? and expires_at > ?'),
    voidAll: database.prepare('delete from setup_codes'),
    prune: database.prepare('delete from setup_codes where expires_at <= ?'),
  }

  return {
    issue: () => {
      const code = mintCode()
      return database.write(() => {
        run.prune.run(clock())
        // Beside those of other processes on the same file: each prints its own.
        run.issue.run(hashCode(code), clock() + lifetimeMs)
        return code
      })
    },
    isValid: (code) =>
      isPreset(code, preset) || run.isValid.get(hashCode(code), clock()) !== undefined,
    voidAll: () => void run.voidAll.run(),
  }
}

function isPreset(code: string, preset: string | undefined): boolean {
  if (preset === undefined) return false
  const digest = (text: string) => hash('sha256', text, 'buffer')
  return timingSafeEqual(digest(code), digest(preset))
}
