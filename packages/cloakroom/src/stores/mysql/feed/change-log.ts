import type { UserId } from '../../../core/user.ts'
import type { SqlRow, SqlValue } from '../../sql/dialect.ts'
import type { Database } from '../database.ts'
import type { Connection } from '../driver.ts'
import { unavailable } from '../failure.ts'
import type { LocatedSchema } from '../schema.ts'
import { userIdColumn } from '../user-id-column.ts'
import { changesTable, tellEverybody } from './changes-table.ts'

/** A row of the table. */
export interface Change {
  readonly id: string
  readonly sessionId: Uint8Array | null
  readonly userId: UserId | null
}

export interface ChangeLog {
  /** Every change that is committed; of more than `mostChanges` as many and one. */
  read(): Promise<Change[]>
  remove(ids: readonly string[]): Promise<void>
  /** Puts one change, everybody's, in the place of as many as are read at a time. */
  condense(): Promise<void>
}

/** Rows that a poll can be expected to read whole. */
export const mostChanges = 5000

export interface ChangeLogOptions {
  readonly database: Database
  readonly schema: LocatedSchema
  readonly guard: string
}

export function createChangeLog({ database, schema, guard }: ChangeLogOptions): ChangeLog {
  const table = changesTable(schema)
  const userId = userIdColumn(schema.userIdType).read('user_id')
  const readAll = `select cast(id as char), session_id, ${userId} from ${table} limit ${mostChanges + 1}`

  return {
    // In a transaction of its own, as nothing else makes sure on every server that it is not read in one
    // that was left open, whose view of the table is of an earlier time.
    read: () =>
      database.transact(async (connection) => {
        await checkPrimary(connection, guard)
        const rows = await connection.rows(readAll)
        return rows.map(toChange)
      }),

    async remove(ids) {
      for (let from = 0; from < ids.length; from += batchSize) {
        const batch = ids.slice(from, from + batchSize)
        const padding = Array<SqlValue>(batchSize - batch.length).fill(batch[0])
        await database.write(removeUnlocked(table, batchSize), [...batch, ...padding])
      }
    },

    condense: () =>
      database.transact(async (connection) => {
        const { affectedRows } = await connection.run(condenseUnlocked(table))
        if (affectedRows > 0) await connection.run(tellEverybody(schema))
      }),
  }
}

const batchSize = 512

// Like all of the clean-up: of several processes at once, none waits for another.
function removeUnlocked(table: string, count: number): string {
  const ids = Array(count).fill('cast(? as binary)').join(', ')
  return `delete c from (select id from ${table} where id in (${ids}) limit ${count}
    for update skip locked) free straight_join ${table} c on c.id = free.id`
}

function condenseUnlocked(table: string): string {
  return `delete c from (select id from ${table} limit ${mostChanges + 1}
    for update skip locked) free straight_join ${table} c on c.id = free.id`
}

async function checkPrimary(connection: Connection, guard: string): Promise<void> {
  const [row] = await connection.rows(`select ${guard} is null`)
  if (row?.[0] === 0) return
  // The next connection may find the server that is the primary now.
  connection.destroy()
  throw unavailable('MySQL is read-only here. Cloakroom reads and writes on the primary')
}

function toChange([id, sessionId, userId]: SqlRow): Change {
  return {
    id: String(id),
    sessionId: sessionId as Uint8Array | null,
    userId: userId as UserId | null,
  }
}
