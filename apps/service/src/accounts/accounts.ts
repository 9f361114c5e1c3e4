import { randomUUID } from 'node:crypto'
import type { Database } from '../database/database.ts'
import type { ServiceUser } from '../service.ts'

/** A row of `users` as the service reads it. Whether somebody is blocked is Cloakroom's to say. */
export interface Account extends ServiceUser {
  readonly createdAt: Date
}

/** What a password is checked against. */
export interface StoredPassword {
  readonly hash: string
  /** Counts changes of the password. */
  readonly version: number
}

/** The users table. Ids are random UUIDs that never change and are never given out again. */
export interface Accounts {
  find(id: string): Account | undefined
  idOf(email: string): string | undefined
  password(id: string): StoredPassword | undefined
  /** Inserts; `undefined`: the address is taken. To be called within a transaction. */
  add(email: string, passwordHash: string): Account | undefined
  /** `false`: the password was changed meanwhile; nothing is written. */
  changePassword(id: string, checked: StoredPassword, hash: string): Promise<boolean>
  /** Stores the same password's hash at a new cost, unless the password was changed meanwhile. */
  rehash(id: string, checked: StoredPassword, hash: string): Promise<void>
  hasAdministrator(): boolean
  /** To be called within a transaction. */
  makeAdministrator(id: string): void
  /** Accounts whose address begins with `prefix`, in the order of addresses. */
  page(query: { prefix: string; after: string; limit: number }): Account[]
}

interface Row {
  readonly id: string
  readonly email: string
  readonly admin: number
  readonly created_at: number
}

export function createAccounts(database: Database, clock: () => number): Accounts {
  const columns = 'id, email, admin, created_at'
  const run = {
    find: database.prepare<Row>(`select ${columns} from users where id = ?`),
    idOf: database.prepare<{ id: string }>('select id from users where email = ?'),
    password: database.prepare<StoredPassword>(
      'select password_hash as hash, password_version as version from users where id = ?',
    ),
    add: database.prepare<Row>(
      `insert into users (id, email, password_hash, created_at) values (?, ?, ?, ?)
       on conflict (email) do nothing returning ${columns}`,
    ),
    changePassword: database.prepare(
      `update users set password_hash = ?, password_version = password_version + 1
       where id = ? and password_version = ?`,
    ),
    rehash: database.prepare(
      'update users set password_hash = ? where id = ? and password_hash = ?',
    ),
    hasAdministrator: database.prepare('select 1 from users where admin = 1 limit 1'),
    makeAdministrator: database.prepare('update users set admin = 1 where id = ?'),
    page: database.prepare<Row>(
      `select ${columns} from users where email >= ? and email < ? and email > ?
       order by email limit ?`,
    ),
  }

  return {
    find: (id) => toAccount(run.find.get(id)),
    idOf: (email) => run.idOf.get(email)?.id,
    password: (id) => run.password.get(id),
    add: (email, passwordHash) =>
      toAccount(run.add.get(randomUUID(), email, passwordHash, clock())),
    changePassword: (id, { version }, hash) =>
      database.write(() => run.changePassword.run(hash, id, version) === 1),
    rehash: async (id, checked, hash) => {
      await database.write(() => run.rehash.run(hash, id, checked.hash))
    },
    hasAdministrator: () => run.hasAdministrator.get() !== undefined,
    makeAdministrator: (id) => void run.makeAdministrator.run(id),
    page({ prefix, after, limit }) {
      // A range needs no escaping, and no pattern that would keep the index from being used.
      return run.page.all(prefix, `${prefix}${lastCharacter}`, after, limit).map(fromRow)
    },
  }
}

/** No address has it: it is not a character. */
const lastCharacter = '\u{10ffff}'

function toAccount(row: Row | undefined): Account | undefined {
  return row && fromRow(row)
}

function fromRow({ id, email, admin, created_at }: Row): Account {
  return { id, email, admin: admin === 1, createdAt: new Date(created_at) }
}
