import { refuseOthers } from '../../core/refuse-others.ts'
import type { StoreDefinition, StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { usersJoin } from '../sql/users-join.ts'
import { checkUsersTable } from './check-users-table.ts'
import { splitTable, sqliteDialect } from './dialect.ts'
import { dataVersionFeed } from './feed.ts'
import { connect, type SqliteHandle } from './handle.ts'
import { busyTimeoutMs, createLock } from './lock.ts'
import {
  checkSchema,
  migrateSchema,
  pendingStatements,
  type SchemaOptions,
  schemaSql,
} from './schema.ts'
import { createStore } from './store.ts'

export type { BetterSqliteHandle, NodeSqliteHandle, SqliteHandle } from './handle.ts'
export { type SchemaOptions, schemaSql }

export interface SqliteOptions {
  /** Begins the names of Cloakroom's tables. A name of at most 30 characters; default `cloakroom_`. */
  readonly prefix?: string
  /** Make the tables if they are not there. Default false: then their absence is an error. */
  readonly migrate?: boolean
  /**
   * Seconds to wait, without blocking the event loop, while another connection holds the lock;
   * then `store_unavailable`. 0 to 60; default 5.
   */
  readonly lockTimeoutSeconds?: number
  /**
   * Hear what other connections change, in this process and in others on this machine. Needed by
   * `cache` and by signals. Default false.
   */
  readonly feed?: boolean | SqliteFeedOptions
}

export interface SqliteFeedOptions {
  /** Seconds between two looks whether anything was committed. 0.01 to 10; default 0.1. */
  readonly pollSeconds?: number
}

/**
 * Sessions in the SQLite file that the application already has.
 *
 * It needs a connection of its own to that file. A statement of somebody else's that is half read
 * (`iterate`) would pin what it sees to a time before a revocation, and nothing tells of that. And it
 * sets two pragmas on it: `synchronous = extra`, so that what was acknowledged survives a power
 * failure in every journal mode, and a `busy_timeout` of 5 ms, because SQLite waits for locks by
 * blocking the whole process. `journal_mode = wal` is recommended: readers then never wait for a
 * writer.
 *
 * @param handle An open `DatabaseSync` of `node:sqlite`, or `Database` of `better-sqlite3` 13.
 * @throws {TypeError} for a bad option
 */
export function sqlite(
  handle: SqliteHandle,
  options: SqliteOptions = {},
): StoreFactory<UsersTable> {
  const known = { prefix: true, migrate: true, lockTimeoutSeconds: true, feed: true } as const
  refuseOthers('sqlite()', options, known)
  const { prefix = 'cloakroom_', migrate = false, lockTimeoutSeconds = 5, feed = false } = options
  if (!/^[a-z_]\w{0,29}$/i.test(prefix)) {
    throw new TypeError('prefix must be a name of at most 30 letters, digits and _')
  }
  if (!(lockTimeoutSeconds >= 0 && lockTimeoutSeconds <= 60)) {
    throw new TypeError('lockTimeoutSeconds must be from 0 to 60')
  }
  const pollMs = pollMsOf(feed)
  const connection = connect(handle)
  const lock = createLock(connection, lockTimeoutSeconds * 1000)

  /** Checks everything that could later surprise, before a table is made. */
  function prepare({ users }: Pick<StoreDefinition<UsersTable>, 'users'>): SchemaOptions {
    connection.exec(`pragma busy_timeout = ${busyTimeoutMs}; pragma synchronous = extra`)
    checkUsersTable(connection, users)
    return { prefix, userIdType: users.id.type }
  }

  return Object.freeze<StoreFactory<UsersTable>>({
    migrations: {
      pending: (definition) => lock.read(() => pendingStatements(connection, prepare(definition))),
      migrate: async (definition) => {
        const schema = await lock.read(() => prepare(definition))
        return migrateSchema(connection, lock, schema)
      },
    },
    open: async ({ users, clock }) => {
      const schema = await lock.read(() => prepare({ users }))
      if (migrate) await migrateSchema(connection, lock, schema)
      return lock.read(() => {
        checkSchema(connection, schema)
        return createStore({
          connection,
          lock,
          users: usersJoin(users, sqliteDialect),
          prefix,
          clock,
          feed:
            pollMs === undefined
              ? undefined
              : dataVersionFeed({
                  connection,
                  schemas: ['main', splitTable(users.table).schema],
                  pollMs,
                }),
        })
      })
    },
  })
}

/** `undefined`: no feed is wanted. */
function pollMsOf(feed: boolean | SqliteFeedOptions): number | undefined {
  if (feed === false) return undefined
  if (feed !== true && (typeof feed !== 'object' || feed === null)) {
    throw new TypeError('feed must be true, false or { pollSeconds }')
  }
  const { pollSeconds = 0.1 } = feed === true ? {} : feed
  if (feed !== true) refuseOthers('feed', feed, { pollSeconds: true })
  if (!(pollSeconds >= 0.01 && pollSeconds <= 10)) {
    throw new TypeError('feed.pollSeconds must be from 0.01 to 10')
  }
  return pollSeconds * 1000
}
