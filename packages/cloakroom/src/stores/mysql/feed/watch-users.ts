import { selectedColumns } from '../../sql/users-join.ts'
import type { UsersTableFacts } from '../check-users-table.ts'
import { quoteTable } from '../dialect.ts'
import type { Connection } from '../driver.ts'
import { isRefusal } from '../failure.ts'
import type { WatchedUsers } from './triggers.ts'

/** The columns that `users` names, and those that its `active` reads; in order of their names. */
export async function watchUsers(
  connection: Connection,
  facts: UsersTableFacts,
): Promise<WatchedUsers> {
  const { users, name, columns, dialect } = facts
  const id = (users.id.column ?? 'id').toLowerCase()
  const named = new Set(selectedColumns(users).map(({ column }) => column.toLowerCase())).add(id)
  const watched: string[] = []
  for (const column of [...columns.keys()].sort()) {
    if (named.has(column) || (await isRead(connection, facts, column))) watched.push(column)
  }
  const toWatched = (column: string) => {
    const { type = '', charset = null } = columns.get(column) ?? {}
    return { quoted: dialect.quote(column), type, charset }
  }
  return { name, idType: users.id.type, id: toWatched(id), columns: watched.map(toWatched) }
}

/**
 * Whether `active` reads the column. The server knows: it cannot make sense of the condition on a table
 * that is the same but for this column.
 */
async function isRead(
  connection: Connection,
  { users, name, columns, dialect }: UsersTableFacts,
  column: string,
): Promise<boolean> {
  if (users.active === undefined) return false
  const others = [...columns.keys()].filter((each) => each !== column)
  const table = tableWith(others, { name, dialect })
  try {
    // The line break ends a comment in `active`.
    await connection.rows(`explain select (${users.active}\n) from ${table}`)
    return false
  } catch (error) {
    if (!isRefusal(error)) throw error
    return true
  }
}

function tableWith(
  columns: readonly string[],
  { name, dialect }: Pick<UsersTableFacts, 'name' | 'dialect'>,
): string {
  const list = columns.length === 0 ? '1' : columns.map(dialect.quote).join(', ')
  // The condition may call the table by its name.
  return `(select ${list} from ${quoteTable(name)}) ${dialect.quote(name.table)}`
}
