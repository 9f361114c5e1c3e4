import type { Database } from '../database/database.ts'
import type { AuditEntry, Page } from '../service.ts'

export type AuditRecord = Omit<AuditEntry, 'id' | 'at'>

/** What administrators did. The database itself refuses to change an entry, or to delete it early. */
export interface AuditLog {
  /** To be called within the transaction of the act, where that can be. */
  append(record: AuditRecord): void
  /** Newest first. */
  page(query: { before: number | undefined; limit: number }): Page<AuditEntry>
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

const pruneBatch = 500

export function createAuditLog(
  database: Database,
  clock: () => number,
  retentionDays: number,
): AuditLog {
  const run = {
    append: database.prepare(
      `insert into audit_log
         (at, actor_id, actor_email, action, target_id, target_email, ip, detail)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    page: database.prepare<Row>('select * from audit_log where id < ? order by id desc limit ?'),
    letGo: database.prepare(
      'update audit_retention set delete_before = ?1 where delete_before < ?1',
    ),
    prune: database.prepare(
      'delete from audit_log where id in (select id from audit_log where at < ? order by at limit ?)',
    ),
  }

  return {
    append({ actorId, actorEmail, action, targetId, targetEmail, ip, detail }) {
      run.append.run(clock(), actorId, actorEmail, action, targetId, targetEmail, ip, detail)
    },
    page({ before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = run.page.all(before, limit + 1)
      const items = rows.slice(0, limit).map(toEntry)
      const last = items.at(-1)
      return { items, next: rows.length > limit && last !== undefined ? String(last.id) : null }
    },
    async prune() {
      const before = clock() - retentionDays * 86_400_000
      let total = 0
      for (let deleted = pruneBatch; deleted === pruneBatch; total += deleted) {
        deleted = await database.write(() => {
          run.letGo.run(before)
          return run.prune.run(before, pruneBatch)
        })
      }
      return total
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
