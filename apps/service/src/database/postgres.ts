import { CloakroomError } from 'cloakroom'
import { postgres } from 'cloakroom/postgres'
import pg from 'pg'
import { type Database, lockTimeoutMs, type Queries, type Value } from './database.ts'
import { databaseFailure } from './failure.ts'
import { intoTable } from './insert.ts'
import { applySteps } from './migrate.ts'
import { postgresSteps } from './migrations/postgres.ts'
import { retryConflicts } from './retry-conflicts.ts'

const connectTimeoutMs = 5000
/** For a server that does not answer any more; no statement of the service takes so long. */
const statementTimeoutMs = 10_000

// Whatever the database's defaults are. A process that was stopped in the middle lets go in time.
const begin = `begin isolation level read committed read write;
  set local lock_timeout = ${lockTimeoutMs};
  set local idle_in_transaction_session_timeout = ${statementTimeoutMs}`

/** Of the one advisory lock that is taken here: "cloak" in ASCII. */
const migrationLock = 0x63_6c_6f_61_6b

/** @param url `postgres://user:password@host:port/database`, with the parameters of `pg` */
export function openPostgres(url: string): Database {
  const pool = createPool(url)
  const pools = [pool]

  async function attempt<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const client = await ask(() => pool.connect())
    try {
      await ask(() => client.query(begin))
      const result = await work(queriesOn(client))
      await ask(() => client.query('commit'))
      client.release()
      return result
    } catch (error) {
      // To close a connection is to roll back, and one that failed is asked nothing more.
      const isBroken = error instanceof CloakroomError || !(await rollBack(client))
      client.release(isBroken)
      throw error
    }
  }

  const transaction: Database['transaction'] = (work) =>
    retryConflicts(isConflict, () => attempt(work))

  return {
    ...queriesOn(pool),
    transaction,
    migrate: () =>
      transaction(async (queries) => {
        await queries.one('select pg_advisory_xact_lock(?)', migrationLock)
        await applySteps(queries, postgresSteps, async (script) => void (await queries.run(script)))
      }),
    sessionStore(hasFeed) {
      const sessions = createPool(url)
      pools.push(sessions)
      return postgres(sessions, { migrate: true, feed: hasFeed })
    },
    async close() {
      await Promise.all(pools.map((each) => each.end()))
    },
  }
}

function createPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
    keepAlive: true,
  })
  // A connection that broke is replaced; whoever has a use for it is told by their own statement.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

function rollBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}

function queriesOn(client: pg.Pool | pg.PoolClient): Queries {
  const query = (sql: string, values: Value[]) =>
    ask(() => client.query({ text: numbered(sql), values, types }))
  const one = async <Row>(sql: string, ...values: Value[]) =>
    (await query(sql, values)).rows[0] as Row | undefined
  const run = async (sql: string, ...values: Value[]) => (await query(sql, values)).rowCount ?? 0
  return {
    one,
    run,
    all: async <Row>(sql: string, ...values: Value[]) => (await query(sql, values)).rows as Row[],
    async insertIfAbsent(table, row) {
      const sql = `insert ${intoTable(table, row)} on conflict do nothing`
      return (await run(sql, ...Object.values(row))) === 1
    },
    lockOne: (sql, ...values) => one(`${sql} for update`, ...values),
  }
}

function numbered(sql: string): string {
  let count = 0
  return sql.replace(/\?/g, () => {
    count += 1
    return `$${count}`
  })
}

/** 64-bit integers as numbers: here they are times and counts. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text') =>
    id === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(id, format)) as pg.CustomTypesConfig['getTypeParser'],
}

async function ask<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw databaseFailure(error)
  }
}

/** Deadlock and serialization failure (PostgreSQL manual, appendix A). */
function isConflict({ code }: { readonly code?: unknown }): boolean {
  return code === '40P01' || code === '40001'
}

function ignore(): void {}
