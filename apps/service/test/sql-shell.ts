import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import type { DatabaseAddress } from '../src/config.ts'

type Row = Record<string, unknown>
export type ShellValue = string | number | null

/** A connection as somebody with an SQL shell has it; `?` stands for a value. */
export interface SqlShell {
  run(statement: string, ...values: ShellValue[]): Promise<Row[]>
  /** From now on no row can be inserted into the table, until the promised function is called. */
  breakInserts(table: string): Promise<() => Promise<void>>
  /** Moves all sessions into the past, where the server's clock decides. */
  ageSessions?(seconds: number): Promise<void>
  close(): Promise<void>
}

export async function openShell(address: DatabaseAddress): Promise<SqlShell> {
  switch (address.kind) {
    case 'sqlite':
      return sqliteShell(address.path)
    case 'postgres':
      return await postgresShell(address.url)
    case 'mysql':
      return await mysqlShell(address.url)
  }
}

function sqliteShell(path: string): SqlShell {
  const handle = new DatabaseSync(path, { timeout: 5000 })
  return {
    async run(statement, ...values) {
      const rows = handle.prepare(statement).all(...values)
      return rows.map((row) => ({ ...row }))
    },
    async breakInserts(table) {
      handle.exec(
        `create trigger broken before insert on ${table} begin select raise(abort, 'broken'); end`,
      )
      return async () => handle.exec('drop trigger broken')
    },
    close: async () => handle.close(),
  }
}

async function postgresShell(url: string): Promise<SqlShell> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  return {
    async run(statement, ...values) {
      let count = 0
      const text = statement.replace(/\?/g, () => {
        count += 1
        return `$${count}`
      })
      return (await client.query(text, values)).rows
    },
    async breakInserts(table) {
      await client.query(`
        create function broken() returns trigger language plpgsql
          as $$ begin raise exception 'broken'; end $$;
        create trigger broken before insert on ${table} execute function broken()`)
      return async () => void (await client.query('drop function broken cascade'))
    },
    async ageSessions(seconds) {
      const aged = sessionTimes.map((time) => `${time} = ${time} - make_interval(secs => $1)`)
      await client.query(`update cloakroom_sessions set ${aged.join(', ')}`, [seconds])
    },
    close: () => client.end(),
  }
}

async function mysqlShell(url: string): Promise<SqlShell> {
  const connection = await createConnection(url)
  connection.on('error', () => {})
  return {
    async run(statement, ...values) {
      const [rows] = await connection.query(statement, values)
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : []
    },
    async breakInserts(table) {
      await connection.query(
        `create trigger broken before insert on ${table} for each row signal sqlstate '45000'`,
      )
      return async () => void (await connection.query('drop trigger broken'))
    },
    async ageSessions(seconds) {
      const aged = sessionTimes.map((time) => `${time} = ${time} - ${seconds * 1000}`)
      await connection.query(`update cloakroom_sessions set ${aged.join(', ')}`)
    },
    close: () => connection.end(),
  }
}

const sessionTimes = ['created_at', 'last_seen_at', 'expires_at', 'authenticated_at', 'rotated_at']
