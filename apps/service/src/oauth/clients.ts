import { randomBytes } from 'node:crypto'
import type { Database, Queries } from '../database/database.ts'
import { hashClientSecret, isClientSecret, mintClientSecret } from './client-secret.ts'
import type { Grants } from './grants.ts'

/** A program that gets tokens for users who sign in to it, or that checks tokens that it is shown. */
export interface Client {
  readonly id: string
  readonly name: string
  /** Whether it can keep a secret (RFC 6749 §2.1). */
  readonly confidential: boolean
  /** Whether the secret before this one is still valid. */
  readonly hasOldSecret: boolean
  /** The audience for which it introspects access tokens; `null`: none. */
  readonly serves: string | null
  /** What it may ask tokens for. */
  readonly grants: Grants
  readonly createdAt: Date
}

export type NewClient = Pick<Client, 'name' | 'confidential' | 'serves' | 'grants'>

/** `secret` is shown this once; `undefined`: a public client has none. */
export interface IssuedClient {
  readonly client: Client
  readonly secret: string | undefined
}

/** The `clients` table. Ids are random, and never given out again. */
export interface Clients {
  find(id: string): Promise<Client | undefined>
  /** By name. */
  list(): Promise<Client[]>
  /** The client, if this is one of its secrets. */
  withSecret(id: string, secret: string): Promise<Client | undefined>
  add(transaction: Queries, wanted: NewClient): Promise<IssuedClient>
  /**
   * Makes a new secret; the one before it stays valid until `dropOldSecret`, or the next new one.
   * `undefined`: there is no such client, or it is public.
   */
  renewSecret(transaction: Queries, id: string): Promise<string | undefined>
  dropOldSecret(transaction: Queries, id: string): Promise<boolean>
  /** Its sessions open nothing from now on: nobody else ever has its id. */
  remove(transaction: Queries, id: string): Promise<boolean>
}

interface Row {
  readonly id: string
  readonly name: string
  readonly confidential: boolean | number
  readonly secret_hash: Uint8Array | null
  readonly old_secret_hash: Uint8Array | null
  readonly serves: string | null
  readonly grants: string
  readonly created_at: number
}

export function createClients(database: Database, clock: () => number): Clients {
  async function rowOf(id: string): Promise<Row | undefined> {
    // Whatever else somebody sends, no client is called that, and not every database takes it.
    return idForm.test(id)
      ? database.one<Row>('select * from clients where id = ?', id)
      : Promise.resolve(undefined)
  }

  return {
    async find(id) {
      const row = await rowOf(id)
      return row && toClient(row)
    },

    async list() {
      const rows = await database.all<Row>('select * from clients order by name, id')
      return rows.map(toClient)
    },

    async withSecret(id, secret) {
      const row = await rowOf(id)
      if (row === undefined) return undefined
      const hashes = [row.secret_hash, row.old_secret_hash]
      return hashes.some((hash) => isClientSecret(secret, hash)) ? toClient(row) : undefined
    },

    async add(transaction, { name, confidential, serves, grants }) {
      const secret = confidential ? mintClientSecret() : undefined
      const row = {
        id: randomBytes(idBytes).toString('hex'),
        name,
        confidential,
        secret_hash: secret === undefined ? null : hashClientSecret(secret),
        old_secret_hash: null,
        serves,
        grants: JSON.stringify(grants),
        created_at: clock(),
      }
      await transaction.insertIfAbsent('clients', row)
      return { client: toClient(row), secret }
    },

    async renewSecret(transaction, id) {
      const sql = 'select secret_hash from clients where id = ? and confidential = true'
      const row = await transaction.lockOne<Pick<Row, 'secret_hash'>>(sql, id)
      if (row === undefined) return undefined
      const secret = mintClientSecret()
      await transaction.run(
        'update clients set secret_hash = ?, old_secret_hash = ? where id = ?',
        hashClientSecret(secret),
        row.secret_hash,
        id,
      )
      return secret
    },

    async dropOldSecret(transaction, id) {
      const sql = 'update clients set old_secret_hash = null where id = ?'
      return (await transaction.run(sql, id)) === 1
    },

    async remove(transaction, id) {
      return (await transaction.run('delete from clients where id = ?', id)) === 1
    },
  }
}

const idBytes = 12
const idForm = /^[0-9a-f]{24}$/

function toClient(row: Row): Client {
  return {
    id: row.id,
    name: row.name,
    confidential: Boolean(row.confidential),
    hasOldSecret: row.old_secret_hash !== null,
    serves: row.serves,
    grants: JSON.parse(row.grants) as Grants,
    createdAt: new Date(row.created_at),
  }
}
