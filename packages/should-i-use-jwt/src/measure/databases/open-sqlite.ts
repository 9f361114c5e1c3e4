import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { sqlite } from 'cloakroom/sqlite'
import { CountingSqlite } from './counting-sqlite.ts'
import type { Database, DatabasePlace, OpenOptions } from './database.ts'

export async function openSqlite(
  { location }: DatabasePlace,
  { isCounting }: OpenOptions,
): Promise<Database> {
  const open = () => (isCounting ? new CountingSqlite(location) : new DatabaseSync(location))
  // Cloakroom wants a connection of its own.
  const [own, sessions] = [open(), open()]
  own.exec('pragma journal_mode = wal; pragma busy_timeout = 5000')
  const statements = new Map<string, StatementSync>()

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql) ?? own.prepare(sql)
    statements.set(sql, known)
    return known
  }

  return {
    query: async (sql, values = []) => prepare(sql).all(...values),
    table: (name) => name,
    store: (feed) => sqlite(sessions, { migrate: true, feed }),
    relaxDurability() {
      own.exec('pragma synchronous = off')
      sessions.exec('pragma synchronous = off')
    },
    statements: () => ranOn(own) + ranOn(sessions),
    async close() {
      own.close()
      sessions.close()
    },
  }
}

function ranOn(handle: DatabaseSync): number {
  return handle instanceof CountingSqlite ? handle.ran : 0
}
