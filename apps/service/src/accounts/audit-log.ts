import type { Database, Queries } from '../database/database.ts'
import { deleteInBatches } from '../database/delete-in-batches.ts'
import type { AuditEntry, Page } from '../service.ts'

export type AuditRecord = Omit<AuditEntry, 'id' | 'at'>

/** What administrators did. The database itself refuses to change an entry, or to delete it early. */
export interface AuditLog {
  /** To be called within the transaction of the act, where that can be. */
  append(transaction: Queries, record: AuditRecord): Promise<void>
  /** Newest first. */
  page(query: { before: number | undefined; limit: number }): Promise<Page<AuditEntry>>
  /** Deletes what is older than the retention time. Returns how many entries that were. */
  prune(): Promise<number>
}

interface Row {
  readonly id: number
  readonly at: number
  readonly actor_id: string | null
  readonly actor_email: string | null
  readonly action: string
  readonly target_id: string | null
  readonly target_email: string | null
  readonly ip: string | null
  readonly detail: string | null
}

export function createAuditLog(
  database: Database,
  clock: () => number,
  retentionDays: number,
): AuditLog {
  return {
    async append(transaction, { actorId, actorEmail, action, targetId, targetEmail, ip, detail }) {
      await transaction.run(
        `insert into audit_log
           (at, actor_id, actor_email, action, target_id, target_email, ip, detail)
         values (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[clock(), actorId, actorEmail, action, targetId, targetEmail, ip, detail],
      )
    },

    async page({ before = Number.MAX_SAFE_INTEGER, limit }) {
      const sql = 'select * from audit_log where id < ? order by id desc limit ?'
      const rows = await database.all<Row>(sql, before, limit + 1)
      const items = rows.slice(0, limit).map(toEntry)
      const last = items.at(-1)
      return { items, next: rows.length > limit && last !== undefined ? String(last.id) : null }
    },

    async prune() {
      const before = clock() - retentionDays * 86_400_000
      await database.run(
        'update audit_retention set delete_before = ? where delete_before < ?',
        before,
        before,
      )
      const old = { table: 'audit_log', key: 'id', condition: 'at < ?' }
      return deleteInBatches(database, old, before)
    },
  }
}

function toEntry(row: Row): AuditEntry {
  return {
    id: row.id,
    at: new Date(row.at),
    actorId: row.actor_id,
    actorEmail: row.actor_email,
    action: row.action,
    targetId: row.target_id,
    targetEmail: row.target_email,
    ip: row.ip,
    detail: row.detail,
  }
}
