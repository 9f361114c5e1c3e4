// Stands for what your application already has: a users table, and a way to check a password.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

const nobody = new Uint8Array(32)

export function createUsers(database: DatabaseSync): void {
  database.exec(`pragma journal_mode = wal;
  create table if not exists users (
    id integer primary key autoincrement, -- never the id of somebody who was deleted
    email text not null unique,
    password_salt blob not null,
    password_hash blob not null,
    banned integer not null default 0
  )`)
  const salt = randomBytes(16)
  database
    .prepare('insert or ignore into users (email, password_salt, password_hash) values (?, ?, ?)')
    .run('ada@example.com', salt, scryptSync('correct horse battery', salt, 32))
}

export function findUserId(database: DatabaseSync, email: string): number | undefined {
  return database.prepare('select id from users where email = ?').get(email)?.id as number
}

// Takes as long for nobody as for anybody, so that nobody learns who has an account.
export function checkPassword(
  database: DatabaseSync,
  id: number | undefined,
  password: string,
): boolean {
  const row = database
    .prepare('select password_salt, password_hash from users where id = ?')
    .get(id ?? null)
  const { password_salt: salt = nobody, password_hash: expected = nobody } = row ?? {}
  const hash = scryptSync(password, salt as Uint8Array, 32)
  return timingSafeEqual(hash, expected as Uint8Array) && row !== undefined
}
