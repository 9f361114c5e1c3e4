import { DatabaseSync } from 'node:sqlite'
import { postgres } from 'cloakroom/postgres'
import pg from 'pg'
import { openAuth } from '../remote/cloakroom.ts'
import { makeUsers as makePostgresUsers } from '../remote/postgres/databases.ts'
import { makeUsers as makeSqliteUsers, openCloakroom } from '../workload/cloakroom-database.ts'

/** The application's users, and Cloakroom's tables. */
export async function fillSqlite(file: string, users: number): Promise<void> {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal')
  makeSqliteUsers(database, users)
  await (await openCloakroom(database, { migrate: true })).close()
  database.close()
}

/** The same, with what the feed needs. */
export async function fillPostgres(url: string, users: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: url })
  await makePostgresUsers(pool, users)
  await (await openAuth(postgres(pool, { migrate: true, feed: true }))).close()
  await pool.end()
}
