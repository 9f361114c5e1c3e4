// Stands for what your application already has: a users table, and a way to check a password.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

export function createUsers(database: DatabaseSync): void {
  database.exec(`create table if not exists users (
    id integer primary key,
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

export function checkPassword(database: DatabaseSync, id: number, password: string): boolean {
  const row = database
    .prepare('select password_salt, password_hash from users where id = ?')
    .get(id)
  if (row === undefined) return false
  const hash = scryptSync(password, row.password_salt as Uint8Array, 32)
  return timingSafeEqual(hash, row.password_hash as Uint8Array)
}
