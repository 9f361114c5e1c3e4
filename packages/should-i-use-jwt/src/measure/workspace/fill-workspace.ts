import { randomUUID } from 'node:crypto'
import type { Database, DatabasePlace, Value } from '../databases/database.ts'
import { openDatabase } from '../databases/open-database.ts'

export interface FillOptions {
  readonly users: number
  readonly signal: AbortSignal
}

const ordersPerUser = 5
const deniedTokens = 1000
const rowsPerStatement = 500

/** What an application has beside its sessions: users, something of theirs, and a denylist. */
export async function fillWorkspace(
  place: DatabasePlace,
  { users, signal }: FillOptions,
): Promise<void> {
  const database = await openDatabase(place, { isCounting: false })
  const insert = insertInto.bind(undefined, database, signal)
  try {
    database.relaxDurability?.()
    await makeTables(database)
    await insert('users', ['id', 'email', 'banned'], users, (row) => [
      row + 1,
      `user-${row + 1}@example.com`,
      isBanned[place.kind],
    ])
    await insert('orders', ['id', 'user_id', 'total'], users * ordersPerUser, (row) => [
      row + 1,
      (row % users) + 1,
      row % 997,
    ])
    const expiresAt = Math.floor(Date.now() / 1000) + 3600
    await insert('denied_tokens', ['jti', 'expires_at'], deniedTokens, () => [
      randomUUID(),
      expiresAt,
    ])
  } finally {
    await database.close()
  }
}

const isBanned = { sqlite: 0, mysql: 0, postgres: 'false' }

async function makeTables({ query, table }: Database): Promise<void> {
  await query(`create table ${table('users')} (
    id integer primary key, email varchar(100) not null, banned boolean not null)`)
  await query(`create table ${table('orders')} (
    id integer primary key, user_id integer not null, total integer not null)`)
  await query(`create index orders_of_user on ${table('orders')} (user_id)`)
  await query(`create table ${table('denied_tokens')} (
    jti varchar(36) primary key, expires_at bigint not null)`)
}

async function insertInto(
  { query, table }: Database,
  signal: AbortSignal,
  name: string,
  columns: readonly string[],
  count: number,
  row: (index: number) => Value[],
): Promise<void> {
  const placeholders = `(${columns.map(() => '?').join(', ')})`
  for (let first = 0; first < count; first += rowsPerStatement) {
    signal.throwIfAborted()
    const length = Math.min(rowsPerStatement, count - first)
    const rows = Array.from({ length }, (_, index) => row(first + index))
    const values = rows.map(() => placeholders).join(', ')
    const sql = `insert into ${table(name)} (${columns.join(', ')}) values ${values}`
    await query(sql, rows.flat())
  }
}
