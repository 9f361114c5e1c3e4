import assert from 'node:assert/strict'
import { test } from 'node:test'
import postgres from 'postgres'
import { freshPostgresDatabase, freshPostgresSchema } from './fresh-database.ts'
import { queryPostgres } from './query-postgres.ts'
import { sharedPostgres } from './shared-servers.ts'

test('a fresh schema is where statements without one go, with either driver', async () => {
  const server = await sharedPostgres()
  const [first, second] = [await freshPostgresSchema(server), await freshPostgresSchema(server)]
  for (const { url } of [first, second]) await queryPostgres(url, 'create table t (a int)')
  const sql = postgres(first.url, { max: 1 })
  await sql`insert into t values (7)`
  await sql.end()
  assert.deepEqual(await queryPostgres(server, `select a from ${first.schema}.t`), [{ a: 7 }])
  assert.deepEqual(await queryPostgres(second.url, 'select a from t'), [])
})

test('a fresh database is empty', async () => {
  const server = await sharedPostgres()
  const urls = [await freshPostgresDatabase(server), await freshPostgresDatabase(server)]
  for (const url of urls) await queryPostgres(url, 'create table t (a int)')
})
