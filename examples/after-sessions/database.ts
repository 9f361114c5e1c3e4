import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

export const database = new DatabaseSync(process.env.DATABASE ?? 'app.db')
database.exec(`
  create table if not exists users (
    id integer primary key autoincrement,
    email text not null unique,
    salt blob not null,
    hash blob not null,
    banned integer not null default 0
  );
  create table if not exists orders (
    id integer primary key,
    user_id integer not null references users (id),
    item text not null
  )
`)

const salt = randomBytes(16)
database
  .prepare('insert or ignore into users (email, salt, hash) values (?, ?, ?)')
  .run('ada@example.com', salt, scryptSync('correct horse battery', salt, 32))

export function findUserId(email: string): number | undefined {
  return database.prepare('select id from users where email = ?').get(email)?.id as number
}

export function checkPassword(id: number | undefined, password: string): boolean {
  const row = database.prepare('select salt, hash from users where id = ?').get(id ?? null)
  const stored = (row?.hash ?? new Uint8Array(32)) as Uint8Array
  const hash = scryptSync(password, (row?.salt ?? 'nobody') as Uint8Array, 32)
  return row !== undefined && timingSafeEqual(stored, hash)
}
