import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { freshMysqlDatabase } from './fresh-database.ts'
import { sharedMariadb } from './shared-servers.ts'

test('a fresh database is empty', async () => {
  const server = await sharedMariadb()
  for (const url of [await freshMysqlDatabase(server), await freshMysqlDatabase(server)]) {
    const connection = await createConnection(url)
    await connection.query('create table t (a int)')
    const [rows] = await connection.query('show tables')
    assert.equal(Array.isArray(rows) && rows.length, 1)
    await connection.end()
  }
})
