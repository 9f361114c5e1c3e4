import { randomUUID } from 'node:crypto'
import type { Database, Queries } from '../database/database.ts'
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
  find(id: string): Promise<Account | undefined>
  /** As `find`, but for those who may be signed in. */
  findActive(id: string): Promise<ServiceUser | undefined>
  /** @param email In its one spelling. */
  idOf(email: string): Promise<string | undefined>
  password(id: string): Promise<StoredPassword | undefined>
  /** Inserts; `undefined`: the address is taken. */
  add(transaction: Queries, email: string, passwordHash: string): Promise<Account | undefined>
  /** `false`: the password was changed meanwhile; nothing is written. */
  changePassword(id: string, checked: StoredPassword, hash: string): Promise<boolean>
  /** Stores the same password's hash at a new cost, unless the password was changed meanwhile. */
  rehash(id: string, checked: StoredPassword, hash: string): Promise<void>
  hasAdministrator(queries: Queries): Promise<boolean>
  makeAdministrator(transaction: Queries, id: string): Promise<void>
  /** Accounts whose address begins with `prefix`, in the order of addresses. */
  page(query: { prefix: string; after: string; limit: number }): Promise<Account[]>
}

interface UserRow {
  readonly id: string
  readonly email: string
  readonly email_verified: boolean | number
  readonly admin: boolean | number
}

interface Row extends UserRow {
  readonly created_at: number
}

export function createAccounts(database: Database, clock: () => number): Accounts {
  const columns = 'id, email, email_verified, admin, created_at'

  return {
    async find(id) {
      // A database with a type for it takes other spellings as well, and refuses what is no UUID.
      if (!uuid.test(id)) return undefined
      const row = await database.one<Row>(`select ${columns} from users where id = ?`, id)
      return row && toAccount(row)
    },

    async findActive(id) {
      const row = await database.one<UserRow>(
        'select id, email, email_verified, admin from users where id = ? and not banned',
        id,
      )
      return row && toUser(row)
    },

    async idOf(email) {
      const row = await database.one<{ id: string }>('select id from users where email = ?', email)
      return row?.id
    },

    password: (id) =>
      database.one<StoredPassword>(
        'select password_hash as hash, password_version as version from users where id = ?',
        id,
      ),

    async add(transaction, email, passwordHash) {
      const row = { id: randomUUID(), email, password_hash: passwordHash, created_at: clock() }
      const added = await transaction.insertIfAbsent('users', row)
      return added ? toAccount({ ...row, email_verified: false, admin: false }) : undefined
    },

    async changePassword(id, { version }, hash) {
      const changed = await database.run(
        `update users set password_hash = ?, password_version = password_version + 1
         where id = ? and password_version = ?`,
        hash,
        id,
        version,
      )
      return changed === 1
    },

    async rehash(id, checked, hash) {
      const sql = 'update users set password_hash = ? where id = ? and password_hash = ?'
      await database.run(sql, hash, id, checked.hash)
    },

    async hasAdministrator(queries) {
      const row = await queries.one('select id from users where admin = true limit 1')
      return row !== undefined
    },

    async makeAdministrator(transaction, id) {
      await transaction.run('update users set admin = true where id = ?', id)
    },

    async page({ prefix, after, limit }) {
      // No address has a NUL, and no PostgreSQL takes one.
      if (prefix.includes('\0')) return []
      // A range needs no escaping, and no pattern that would keep the index from being used.
      const rows = await database.all<Row>(
        `select ${columns} from users where email >= ? and email < ? and email > ?
         order by email limit ?`,
        prefix,
        `${prefix}${lastCharacter}`,
        after,
        limit,
      )
      return rows.map(toAccount)
    },
  }
}

/** An id that no user has, so that an unknown address takes the same way as a known one. */
export const nobody = '00000000-0000-4000-8000-000000000000'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** No address has it: it is not a character. */
const lastCharacter = '\u{10ffff}'

function toAccount(row: Row): Account {
  return { ...toUser(row), createdAt: new Date(row.created_at) }
}

function toUser({ id, email, email_verified, admin }: UserRow): ServiceUser {
  return { id, email, emailVerified: Boolean(email_verified), admin: Boolean(admin) }
}
