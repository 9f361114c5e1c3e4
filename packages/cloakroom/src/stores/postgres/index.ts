import { refuseOthers } from '../../core/refuse-others.ts'
import type { StoreDefinition, StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { connect } from './connection.ts'
import { connectFeed } from './feed/connect-feed.ts'
import type { PgPool } from './pg.ts'
import type { PostgresJs } from './postgres-js.ts'
import { prepareSchema } from './prepare-schema.ts'
import { recordTimeouts } from './record-timeouts.ts'
import {
  checkSchema,
  migrateSchema,
  pendingStatements,
  type SchemaOptions,
  schemaSql,
} from './schema.ts'
import { createStore } from './store.ts'

export type { PgClient, PgPool, PgStatement } from './pg.ts'
export type { PostgresJs, PostgresJsStatements } from './postgres-js.ts'
export { type SchemaOptions, schemaSql }

export interface PostgresOptions {
  /**
   * The schema of Cloakroom's tables, which must be there. Default: the first one of the search path
   * when the store is opened; later changes of the path change nothing.
   */
  readonly schema?: string
  /** Begins the names of Cloakroom's tables: at most 30 of `a-z0-9_`. Default `cloakroom_`. */
  readonly prefix?: string
  /** Make the tables if they are not there. Default false: then their absence is an error. */
  readonly migrate?: boolean
  /**
   * Seconds after which what PostgreSQL has not answered is `store_unavailable`, waiting for a
   * connection included. 0.1 to 60; default 5.
   */
  readonly timeoutSeconds?: number
  /**
   * Whether the server keeps the plans of statements. Default true. False for a pooler that cannot
   * have that, such as PgBouncer before 1.21 in transaction mode: each statement is planned anew.
   */
  readonly preparedStatements?: boolean
  /**
   * How many statements look sessions up at once, before further lookups wait for one of them to
   * return and leave together in one statement. 1 to 1000, or `Infinity`: each lookup is a
   * statement of its own. Default 4.
   */
  readonly lookupStatements?: number
  /**
   * Whether the function `cloakroom_verify` is this application's to make and to check. Default true.
   * False where another application, whose `users` option differs, has the same tables and uses it.
   */
  readonly verifyFunction?: boolean
  /**
   * Whether revocations wait, after they have been made, until all synchronous standbys show them.
   * Default false. Needs a pool of `pg`, and `synchronous_standby_names` in the server's settings.
   */
  readonly replicateRevocations?: boolean
  /**
   * Whether the store hears of changes that others make, as a cache and `session.signal` need it:
   * by triggers, which the migration then makes as well, and one more connection. Default false.
   */
  readonly feed?: boolean | PostgresFeedOptions
}

export interface PostgresFeedOptions {
  /**
   * Seconds between two round trips, by which the connection proves that it still hears everything.
   * 0.05 to 30; default 1. A connection that is lost without a word is found out after this time and
   * `timeoutSeconds` at the latest.
   */
  readonly heartbeatSeconds?: number
}

/**
 * Sessions in the PostgreSQL that the application already has, over the pool that it already has.
 *
 * @param pool A `Pool` of `pg` 8, or what `postgres(…)` of postgres.js 3.4 returns.
 * @throws {TypeError} for a bad option
 */
export function postgres(
  pool: PgPool | PostgresJs,
  options: PostgresOptions = {},
): StoreFactory<UsersTable> {
  const { replicateRevocations = false, preparedStatements = true, migrate = false } = options
  const { timeoutSeconds = 5, lookupStatements = 4, verifyFunction = true, feed = false } = options
  checkOptions(options)
  const timeoutMs = timeoutSeconds * 1000
  const connection = connect(pool, { timeoutMs, prepared: preparedStatements })
  if (replicateRevocations && connection.awaitStandbys === undefined) {
    throw new TypeError('replicateRevocations takes a Pool of pg: postgres.js hides a warning')
  }
  const { query } = connection
  const feedOf =
    feed === false ? undefined : connectFeed(pool, feed === true ? {} : feed, timeoutMs)
  const prepare = ({ users }: Pick<StoreDefinition<UsersTable>, 'users'>) =>
    prepareSchema(query, users, options)

  return Object.freeze<StoreFactory<UsersTable>>({
    migrations: {
      async pending(definition) {
        const { schema } = await prepare(definition)
        return connection.transact((run) => pendingStatements(run, schema))
      },
      migrate: async (definition) => migrateSchema(connection, (await prepare(definition)).schema),
    },
    open: async (definition) => {
      const { schema, tables, users, dialect } = await prepare(definition)
      if (migrate) await migrateSchema(connection, schema)
      await checkSchema(query, schema)
      const { timeouts } = definition
      if (verifyFunction && timeouts) await recordTimeouts(query, tables.state, timeouts)
      const lookups = { maxStatements: lookupStatements, timeoutMs }
      const parts = { connection, tables, users, dialect, lookups, replicateRevocations }
      return createStore({ ...parts, feed: feedOf?.(schema, definition.users.id.type) })
    },
  })
}

const knownOptions = {
  schema: true,
  prefix: true,
  migrate: true,
  timeoutSeconds: true,
  preparedStatements: true,
  lookupStatements: true,
  verifyFunction: true,
  replicateRevocations: true,
  feed: true,
} as const

function checkOptions(options: PostgresOptions): void {
  refuseOthers('postgres()', options, knownOptions)
  const { schema, prefix = 'cloakroom_', timeoutSeconds = 5, lookupStatements = 4 } = options
  if (typeof options.feed === 'object') {
    refuseOthers('feed', options.feed, { heartbeatSeconds: true })
  }
  if (schema !== undefined && (typeof schema !== 'string' || !/^[^\0]{1,63}$/.test(schema))) {
    throw new TypeError('schema must be the name of a schema')
  }
  if (!/^[a-z_][a-z0-9_]{0,29}$/.test(prefix)) {
    throw new TypeError('prefix must be a name of at most 30 lower-case letters, digits and _')
  }
  if (!(timeoutSeconds >= 0.1 && timeoutSeconds <= 60)) {
    throw new TypeError('timeoutSeconds must be from 0.1 to 60')
  }
  const isCount = Number.isInteger(lookupStatements) && lookupStatements <= 1000
  if (!(lookupStatements >= 1 && (isCount || lookupStatements === Infinity))) {
    throw new TypeError('lookupStatements must be an integer from 1 to 1000, or Infinity')
  }
}
