import type { DatabasePlace } from '../databases/database.ts'
import { importDriver } from '../databases/import-driver.ts'
import { type Made, newName, ownPrefix } from './made.ts'

/** One connection, whose session holds the lock that says whose the schema is. */
interface Session {
  rows(sql: string, values?: readonly string[]): Promise<Record<string, unknown>[]>
  end(): Promise<unknown>
}

interface Dialect {
  readonly kind: DatabasePlace['kind']
  connect(url: string): Promise<Session>
  /** Selects the names that begin like ours. */
  readonly list: string
  /** Selects `got`, whether this session has the lock of the name. */
  readonly lock: string
  readonly drop: (name: string) => string
}

interface Pg {
  readonly Client: new (
    options: object,
  ) => {
    connect(): Promise<void>
    query(sql: string, values?: readonly string[]): Promise<{ rows: Record<string, unknown>[] }>
    on(event: 'error', listener: () => void): unknown
    end(): Promise<void>
  }
}

interface Mysql2 {
  createConnection(url: string): {
    promise(): {
      query(sql: string, values?: readonly string[]): Promise<[Record<string, unknown>[]]>
      end(): Promise<void>
    }
    on(event: 'error', listener: () => void): unknown
  }
}

const like = `${ownPrefix.replaceAll('_', '\\_')}%`

const postgres: Dialect = {
  kind: 'postgres',
  async connect(connectionString) {
    const { Client } = await importDriver<Pg>('PostgreSQL', ['pg'])
    const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 })
    client.on('error', () => {})
    await client.connect()
    return {
      rows: async (sql, values) => (await client.query(sql, values)).rows,
      end: () => client.end(),
    }
  },
  list: `select nspname as name from pg_namespace where nspname like '${like}'`,
  lock: 'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
  drop: (name) => `drop schema if exists ${name} cascade`,
}

const mysql: Dialect = {
  kind: 'mysql',
  async connect(url) {
    const { createConnection } = await importDriver<Mysql2>('MySQL', ['mysql2'])
    const connection = createConnection(url)
    connection.on('error', () => {})
    const session = connection.promise()
    return {
      rows: async (sql, values) => (await session.query(sql, values))[0],
      end: () => session.end(),
    }
  },
  list: `select schema_name as name from information_schema.schemata where schema_name like '${like.replaceAll('\\', '\\\\')}'`,
  lock: 'select get_lock(?, 0) as got',
  drop: (name) => `drop database if exists ${name}`,
}

export const makePostgresSchema = makeSchema.bind(undefined, postgres)
export const makeMysqlSchema = makeSchema.bind(undefined, mysql)

async function makeSchema(
  { kind, connect, list, lock, drop }: Dialect,
  location: string,
  onLeftover: (name: string) => void,
): Promise<Made<DatabasePlace>> {
  const session = await connect(location)
  const hasLock = async (name: string) => Boolean((await session.rows(lock, [name]))[0]?.got)
  try {
    for (const { name } of await session.rows(list)) {
      if (!(await hasLock(String(name)))) continue
      await session.rows(drop(String(name)))
      onLeftover(String(name))
    }
    const schema = newName()
    await hasLock(schema)
    await session.rows(`create schema ${schema}`)
    return {
      place: { kind, location, schema },
      async remove() {
        try {
          await session.rows(drop(schema))
        } finally {
          await session.end()
        }
      },
    }
  } catch (error) {
    await session.end()
    throw error
  }
}
