import type { Pool } from 'pg'
import { type Cloakroom, cloakroom } from '../src/cloakroom.ts'
import type { JsonObject } from '../src/core/session.ts'
import type { TokenParameters } from '../src/core/token-parameters.ts'
import type { AnyUser, UserIdType, UsersTable } from '../src/core/user.ts'
import type { CloakroomOptions } from '../src/options.ts'
import { type PostgresOptions, postgres } from '../src/stores/postgres/index.ts'
import { type TestDatabase, testDatabase } from './postgres-database.ts'

export type Shop = TestDatabase & {
  readonly users: UsersTable
  readonly auth: Cloakroom<AnyUser, JsonObject, JsonObject>
  /** The same over another pool, as another process would have it. */
  openAuth(options?: ShopOptions): Promise<Cloakroom<AnyUser, JsonObject, JsonObject>>
}

export type ShopOptions = Partial<Omit<CloakroomOptions<UsersTable>, 'store'>> & {
  readonly store?: PostgresOptions
}

export interface ShopDatabase {
  /** The type of users.id, as a column is declared; `text` unless told. */
  readonly id?: string
  readonly type?: UserIdType
  /** Another server's URL than that of the one that tests share. */
  readonly server?: string
}

/** An application with users and their orders, and with sessions on its own PostgreSQL. */
export async function openShop(
  options: ShopOptions = {},
  { id = 'text', type = 'text', server }: ShopDatabase = {},
): Promise<Shop> {
  const database = await testDatabase(server)
  await database.application.query(`
    create table users (id ${id} primary key, name text, banned boolean, deleted_at timestamptz);
    create table orders (
      id bigint generated always as identity primary key,
      user_id ${id} not null references users,
      title text not null
    );
    create index on orders (user_id)`)
  const users: UsersTable = {
    table: 'users',
    id: { type },
    active: 'not banned and deleted_at is null',
  }
  const opened: { close(): Promise<void> }[] = []
  const openAuth: Shop['openAuth'] = async ({ store, ...others } = {}) => {
    const { pool } = database.open('pg')
    const auth = await cloakroom({
      origin: 'http://localhost:3000',
      users,
      pruneIntervalSeconds: false,
      ...others,
      store: postgres(pool, { migrate: true, timeoutSeconds: 30, ...store }),
    })
    opened.push(auth)
    return auth as unknown as Shop['auth']
  }
  return {
    ...database,
    users,
    openAuth,
    auth: await openAuth(options),
    async close() {
      for (const each of opened) await each.close()
      await database.close()
    },
  }
}

export interface VerifiedRow {
  readonly session_id: string
  readonly user_id: string
  readonly [column: string]: unknown
}

/** What the function gives: one row, or none. */
export async function verifyInQuery(
  pool: Pool,
  parameters: TokenParameters,
): Promise<VerifiedRow[]> {
  const sql = 'select * from cloakroom_verify($1, $2, $3, $4)'
  const { rows } = await pool.query<VerifiedRow>(sql, parameters)
  return rows
}
