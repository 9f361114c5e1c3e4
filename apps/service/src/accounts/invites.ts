import type { Database, Queries } from '../database/database.ts'
import { hashCode, mintCode } from './codes.ts'

/** Codes with which one person each can sign up. */
export interface Invites {
  create(transaction: Queries, createdBy: string): Promise<{ code: string; expiresAt: Date }>
  isValid(queries: Queries, code: string): Promise<boolean>
  /** Uses the code up. `false`: it is not valid, or somebody else was faster. */
  use(transaction: Queries, code: string, usedBy: string): Promise<boolean>
  prune(): Promise<void>
}

/** ASVS 6.4.1 wants initial secrets to be short-lived; this is to reach a person over a week-end. */
const lifetimeMs = 72 * 3_600_000
/** Used ones are kept for this long, to tell who let whom in. */
const keepMs = 90 * 86_400_000

export function createInvites(database: Database, clock: () => number): Invites {
  const valid = 'code_hash = ? and used_at is null and expires_at > ?'

  return {
    async create(transaction, createdBy) {
      const code = mintCode()
      const expiresAt = clock() + lifetimeMs
      await transaction.run(
        'insert into invites (code_hash, created_by, created_at, expires_at) values (?, ?, ?, ?)',
        hashCode(code),
        createdBy,
        clock(),
        expiresAt,
      )
      return { code, expiresAt: new Date(expiresAt) }
    },

    async isValid(queries, code) {
      const sql = `select created_at from invites where ${valid}`
      return (await queries.one(sql, hashCode(code), clock())) !== undefined
    },

    async use(transaction, code, usedBy) {
      const sql = `update invites set used_by = ?, used_at = ? where ${valid}`
      return (await transaction.run(sql, usedBy, clock(), hashCode(code), clock())) === 1
    },

    async prune() {
      await database.run('delete from invites where expires_at < ?', clock() - keepMs)
    },
  }
}
