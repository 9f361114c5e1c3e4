import type { Database } from '../database/database.ts'
import { hashCode, mintCode } from './codes.ts'

/** Codes with which one person each can sign up. */
export interface Invites {
  /** To be called within a transaction. */
  create(createdBy: string): { code: string; expiresAt: Date }
  isValid(code: string): boolean
  /** Uses the code up. To be called within the transaction in which `isValid` said that it may. */
  use(code: string, usedBy: string): void
  prune(): Promise<void>
}

/** ASVS 6.4.1 wants initial secrets to be short-lived; this is to reach a person over a week-end. */
const lifetimeMs = 72 * 3_600_000
/** Used ones are kept for this long, to tell who let whom in. */
const keepMs = 90 * 86_400_000

export function createInvites(database: Database, clock: () => number): Invites {
  const run = {
    create: database.prepare(
      'insert into invites (code_hash, created_by, created_at, expires_at) values (?, ?, ?, ?)',
    ),
    isValid: database.prepare(
      'select 1 from invites where code_hash = ? and used_at is null and expires_at > ?',
    ),
    use: database.prepare('update invites set used_by = ?, used_at = ? where code_hash = ?'),
    prune: database.prepare('delete from invites where expires_at < ?'),
  }

  return {
    create(createdBy) {
      const code = mintCode()
      const expiresAt = clock() + lifetimeMs
      run.create.run(hashCode(code), createdBy, clock(), expiresAt)
      return { code, expiresAt: new Date(expiresAt) }
    },
    isValid: (code) => run.isValid.get(hashCode(code), clock()) !== undefined,
    use: (code, usedBy) => void run.use.run(usedBy, clock(), hashCode(code)),
    prune: async () => {
      await database.write(() => run.prune.run(clock() - keepMs))
    },
  }
}
