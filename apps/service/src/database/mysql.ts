import { CloakroomError } from 'cloakroom'
import { mysql } from 'cloakroom/mysql'
import {
  type Connection,
  createConnection,
  createPool,
  type PoolConnection,
  type PoolOptions,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise'
import { type Database, lockTimeoutMs, type Queries, type Value } from './database.ts'
import { databaseFailure } from './failure.ts'
import { intoTable } from './insert.ts'
import { applySteps } from './migrate.ts'
import { mysqlSteps } from './migrations/mysql.ts'
import { retryConflicts } from './retry-conflicts.ts'

const connectTimeoutMs = 5000
/** For a server that does not answer any more; no statement of the service takes so long. */
const answerTimeoutMs = 10_000

const onConnect = [
  // As PostgreSQL has it: by itself InnoDB locks the gaps between rows as well.
  'set session transaction isolation level read committed',
  `set session innodb_lock_wait_timeout = ${lockTimeoutMs / 1000}`,
]

/** @param url `mysql://user:password@host:port/database`, with `?ssl=true` for TLS */
export function openMysql(url: string): Database {
  // What was found and not changed does not count as changed.
  const pool = createPool({ ...optionsFor(url), flags: ['-FOUND_ROWS'] })
  pool.pool.on('connection', (connection) => {
    for (const statement of onConnect) {
      connection.query(statement, (error) => error && connection.destroy())
    }
  })
  const pools = [pool]

  async function connected<Result>(
    work: (connection: PoolConnection) => Promise<Result>,
  ): Promise<Result> {
    const connecting = pool.getConnection()
    const connection = await answerOf(connecting, () => {
      connecting.then((late) => late.release(), ignore)
    })
    try {
      return await work(connection)
    } finally {
      connection.release()
    }
  }

  const attempt = <Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> =>
    connected(async (connection) => {
      const say = (command: string) =>
        answerOf(connection.query(command), () => connection.destroy())
      await say('start transaction')
      try {
        const result = await work(queriesOn((use) => use(connection)))
        await say('commit')
        return result
      } catch (error) {
        // To close a connection is to roll back, and one that failed is asked nothing more.
        if (error instanceof CloakroomError) connection.destroy()
        else await say('rollback').catch(() => connection.destroy())
        throw error
      }
    })

  return {
    ...queriesOn(connected),
    transaction: (work) => retryConflicts(isDeadlock, () => attempt(work)),
    async migrate() {
      const connection = await answerOf(
        createConnection({ ...optionsFor(url), multipleStatements: true }),
        ignore,
      )
      try {
        await migrateOn(connection)
      } finally {
        // It also lets go of the lock.
        connection.destroy()
      }
    },
    sessionStore(hasFeed) {
      const sessions = createPool(optionsFor(url))
      pools.push(sessions)
      return mysql(sessions, { migrate: true, feed: hasFeed })
    },
    async close() {
      await Promise.all(pools.map((each) => each.end()))
    },
  }
}

function optionsFor(url: string): PoolOptions {
  const options = { uri: url, connectTimeout: connectTimeoutMs }
  const withTls = new URL(url).searchParams.get('ssl') === 'true'
  // By itself the driver would take anybody's certificate for that of the server.
  return withTls ? { ...options, ssl: { verifyIdentity: true } } : options
}

async function migrateOn(connection: Connection): Promise<void> {
  const queries = queriesOn((use) => use(connection))
  // Names of locks are for the whole server, and of at most 64 characters.
  const name = "sha1(concat('cloakroom service ', database()))"
  const sql = `select get_lock(${name}, ${lockTimeoutMs / 1000}) as got`
  const lock = await queries.one<{ got: number | null }>(sql)
  if (lock?.got !== 1) throw databaseFailure(new Error('another process goes on migrating it'))
  await applySteps(queries, mysqlSteps, async (script) => {
    await answerOf(connection.query(script), () => connection.destroy())
  })
}

/** `using` calls its argument with a connection. */
function queriesOn(
  using: <Result>(work: (connection: Connection) => Promise<Result>) => Promise<Result>,
): Queries {
  const execute = <Result extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: Value[],
  ): Promise<Result> =>
    using(async (connection) => {
      const answer = connection.execute<Result>(sql, values)
      return (await answerOf(answer, () => connection.destroy()))[0]
    })
  const one = async <Row>(sql: string, ...values: Value[]) =>
    (await execute<RowDataPacket[]>(sql, values))[0] as Row | undefined
  const run = async (sql: string, ...values: Value[]) =>
    (await execute<ResultSetHeader>(sql, values)).affectedRows
  return {
    one,
    run,
    all: async <Row>(sql: string, ...values: Value[]) =>
      (await execute<RowDataPacket[]>(sql, values)) as Row[],
    async insertIfAbsent(table, row) {
      const [first] = Object.keys(row)
      // Not `insert ignore`, which shares the lock of the row that is there: of several who then
      // want to change it, each would wait for the others.
      const sql = `insert ${intoTable(table, row)} on duplicate key update ${first} = ${first}`
      return (await run(sql, ...Object.values(row))) === 1
    },
    lockOne: (sql, ...values) => one(`${sql} for update`, ...values),
  }
}

/** What the driver promises, within a time: mysql2 itself waits for ever. */
async function answerOf<Answer>(promise: Promise<Answer>, giveUp: () => void): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    giveUp()
    reject(new Error(`no answer within ${answerTimeoutMs} ms`))
  }, answerTimeoutMs)
  try {
    return await Promise.race([promise, late])
  } catch (error) {
    throw databaseFailure(error)
  } finally {
    clearTimeout(timer)
  }
}

const deadlock = 1213

function isDeadlock({ errno }: { readonly errno?: unknown }): boolean {
  return errno === deadlock
}

function ignore(): void {}
