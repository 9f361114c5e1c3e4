import { refuseOthers } from '../../core/refuse-others.ts'
import type { Migrations, StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { checkSchema } from './check-schema.ts'
import { checkServer } from './check-server.ts'
import { checkUsersTable, type UsersTableFacts } from './check-users-table.ts'
import type { StoreContext } from './context.ts'
import { createDatabase, type Database } from './database.ts'
import { mysqlDialect, mysqlUsersJoin, quoteTable, splitTable } from './dialect.ts'
import { type Connection, type MysqlPool, toCallbackPool } from './driver.ts'
import { createChangeLog } from './feed/change-log.ts'
import { changesFeed } from './feed/changes-feed.ts'
import { checkFeed, type FeedSchema, pendingFeedStatements } from './feed/install-feed.ts'
import { triggersOf } from './feed/triggers.ts'
import { watchUsers } from './feed/watch-users.ts'
import { migrateSchema, pendingStatements } from './migrate.ts'
import { type LocatedSchema, type SchemaOptions, schemaSql } from './schema.ts'
import { statements } from './statements.ts'
import { createStore } from './store.ts'
import { userIdColumn } from './user-id-column.ts'
import { readUsersColumns } from './users-columns.ts'

export type {
  MysqlCallbackPool,
  MysqlConnection,
  MysqlPool,
  MysqlPromisePool,
  MysqlStatement,
} from './driver.ts'
export { type SchemaOptions, schemaSql }

export interface MysqlOptions {
  /** Begins the names of Cloakroom's tables. A name of at most 30 characters; default `cloakroom_`. */
  readonly prefix?: string
  /** The database that has Cloakroom's tables. Default: that of the pool's connections. */
  readonly database?: string
  /** Make the tables if they are not there. Default false: then their absence is an error. */
  readonly migrate?: boolean
  /**
   * Seconds until an operation fails with `store_unavailable`, the wait for a connection included;
   * what did not answer by then is closed. 0.1 to 60; default 5.
   */
  readonly timeoutSeconds?: number
  /**
   * Hear what other processes change, and other code than Cloakroom's. Needed by `cache` and by
   * signals. The migration then makes a table more, and triggers on Cloakroom's tables and on the users
   * table. Default false.
   */
  readonly feed?: boolean | MysqlFeedOptions
}

export interface MysqlFeedOptions {
  /** Seconds between two looks at what has changed. 0.05 to 10; default 0.5. */
  readonly pollSeconds?: number
}

const knownOptions = {
  prefix: true,
  database: true,
  migrate: true,
  timeoutSeconds: true,
  feed: true,
} as const

const migrationLimitMs = 60_000

/**
 * Sessions in the MySQL (from 8.0) or MariaDB (from 10.6) that the application already has.
 *
 * The pool may be the application's own, with whatever options; its connections must lead to the
 * primary, and use utf8mb4, which they do unless told otherwise. `resetOnRelease: true` is
 * recommended: on MySQL nothing tells that the application gave a connection back with its
 * transaction open, in which reads would be of an earlier time.
 *
 * @param pool What `createPool()` of `mysql2` or `mysql2/promise` gives.
 * @throws {TypeError} for a bad option
 */
export function mysql(pool: MysqlPool, options: MysqlOptions = {}): StoreFactory<UsersTable> {
  refuseOthers('mysql()', options, knownOptions)
  const {
    prefix = 'cloakroom_',
    database: ownSchema,
    migrate = false,
    timeoutSeconds = 5,
    feed = false,
  } = options
  if (!/^[a-z_]\w{0,29}$/i.test(prefix)) {
    throw new TypeError('prefix must be a name of at most 30 letters, digits and _')
  }
  if (ownSchema !== undefined && (typeof ownSchema !== 'string' || !/^[^.\0]+$/.test(ownSchema))) {
    throw new TypeError('database must be the name of a database')
  }
  if (!(timeoutSeconds >= 0.1 && timeoutSeconds <= 60)) {
    throw new TypeError('timeoutSeconds must be from 0.1 to 60')
  }
  const pollMs = pollMsOf(feed)
  const database = createDatabase(toCallbackPool(pool), timeoutSeconds * 1000)

  async function prepare(connection: Connection, users: UsersTable): Promise<Prepared> {
    const prepared = await prepareUsers(connection, users)
    const located = ownSchema ?? prepared.schema
    const tables = { prefix, userIdType: users.id.type, database: located }
    if (pollMs === undefined) return { ...prepared, tables, feed: undefined }
    const triggers = triggersOf(tables, await watchUsers(connection, prepared.facts))
    return { ...prepared, tables, feed: { schema: tables, triggers } }
  }

  const migrations: Migrations<UsersTable> = {
    pending: ({ users }) =>
      database.transact(async (connection) => {
        const { tables, feed } = await prepare(connection, users)
        const options = { ...tables, database: ownSchema }
        return [
          ...(await pendingStatements(connection, tables, options)),
          ...(feed === undefined ? [] : await pendingFeedStatements(connection, feed)),
        ]
      }),
    migrate: ({ users }) =>
      database.transact(async (connection) => {
        const { tables, feed } = await prepare(connection, users)
        return migrateSchema(connection, tables, feed)
      }, migrationLimitMs),
  }

  return Object.freeze<StoreFactory<UsersTable>>({
    migrations,
    async open({ users }) {
      if (migrate) await migrations.migrate({ users })
      return database.transact(async (connection) => {
        const prepared = await prepare(connection, users)
        const { tables, feed, guard } = prepared
        await checkSchema(connection, tables)
        if (feed !== undefined) await checkFeed(connection, feed)
        const log = createChangeLog({ database, schema: tables, guard })
        return createStore(
          toContext(database, users, prepared),
          pollMs === undefined ? undefined : changesFeed({ log, pollMs }),
        )
      })
    },
  })
}

/** `undefined`: no feed is wanted. */
function pollMsOf(feed: boolean | MysqlFeedOptions): number | undefined {
  if (feed === false) return undefined
  if (feed !== true && (typeof feed !== 'object' || feed === null)) {
    throw new TypeError('feed must be true, false or { pollSeconds }')
  }
  const { pollSeconds = 0.5 } = feed === true ? {} : feed
  if (feed !== true) refuseOthers('feed', feed, { pollSeconds: true })
  if (!(pollSeconds >= 0.05 && pollSeconds <= 10)) {
    throw new TypeError('feed.pollSeconds must be from 0.05 to 10')
  }
  return pollSeconds * 1000
}

interface PreparedUsers {
  /** The connection's own database. */
  readonly schema: string
  readonly guard: string
  readonly facts: UsersTableFacts
}

interface Prepared extends PreparedUsers {
  readonly tables: LocatedSchema
  /** `undefined`: none is wanted. */
  readonly feed: FeedSchema | undefined
}

/** Checks everything that could later surprise, before a table is made. */
async function prepareUsers(connection: Connection, users: UsersTable): Promise<PreparedUsers> {
  const { schema, guard } = await checkServer(connection)
  const name = splitTable(users.table, schema)
  const columns = await readUsersColumns(connection, name)
  const dialect = mysqlDialect({ users, columns, schema, guard })
  const facts = { users, name, columns, dialect }
  await checkUsersTable(connection, facts)
  return { schema, guard, facts }
}

function toContext(
  database: Database,
  users: UsersTable,
  { facts: { dialect }, guard, tables: { prefix, database: schema } }: Prepared,
): StoreContext {
  const locate = (name: string) => quoteTable({ schema, table: `${prefix}${name}` })
  const join = mysqlUsersJoin(users, dialect)
  const sql = statements({
    tables: {
      sessions: locate('sessions'),
      userStates: locate('user_states'),
      state: locate('state'),
      signingKeys: locate('signing_keys'),
    },
    users: join,
    dialect,
    userId: userIdColumn(users.id.type).parameter,
    guard,
  })
  return { database, sql, users: join, dialect, guard }
}
