import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

export interface User {
  id: number
  email: string
  banned: number
}

export const database = new DatabaseSync(process.env.DATABASE ?? 'app.db')
database.exec(`
  create table if not exists users (
    id integer primary key,
    email text not null unique,
    salt blob not null,
    hash blob not null,
    banned integer not null default 0
  );
  create table if not exists orders (
    id integer primary key,
    user_id integer not null references users (id),
    item text not null
  );
  create table if not exists revoked_tokens (jti text primary key, expires_at integer not null)
`)

const salt = randomBytes(16)
database
  .prepare('insert or ignore into users (email, salt, hash) values (?, ?, ?)')
  .run('ada@example.com', salt, scryptSync('correct horse battery', salt, 32))

export function findUserByPassword(email: string, password: string): User | undefined {
  const row = database.prepare('select * from users where email = ?').get(email)
  const stored = (row?.hash ?? new Uint8Array(32)) as Uint8Array
  const hash = scryptSync(password, (row?.salt ?? 'nobody') as Uint8Array, 32)
  return row && timingSafeEqual(stored, hash) ? (row as unknown as User) : undefined
}

export function findUser(id: number): User | undefined {
  const row = database.prepare('select id, email, banned from users where id = ?').get(id)
  return row as User | undefined
}
