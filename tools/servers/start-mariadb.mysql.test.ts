import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { PrivateServer } from './private-server.ts'
import { testServerLife } from './server-life.ts'
import { startMariadb } from './start-mariadb.ts'

testServerLife({
  start: startMariadb,
  async remember(url, value) {
    await query(url, 'create table if not exists remembered (id int primary key, value text)')
    await query(url, `replace into remembered values (1, '${value}')`)
  },
  async recall(url) {
    return (await query(url, 'select value from remembered'))[0]?.value
  },
})

describe('a private MariaDB', () => {
  let server: PrivateServer

  before(async () => {
    server = await startMariadb({ maxConnections: 17, settings: { 'lock-wait-timeout': 7 } })
  })
  after(() => server.stop())

  async function show(name: string): Promise<unknown> {
    return (await query(server.url, `select @@global.${name} as value`))[0]?.value
  }

  it('is set as told', async () => {
    assert.equal(await show('max_connections'), 17)
    assert.equal(await show('lock_wait_timeout'), 7)
  })

  it('has plain settings that do not depend on the machine', async () => {
    assert.equal(await show('character_set_server'), 'utf8mb4')
    assert.equal(await show('time_zone'), '+00:00')
  })

  it('lets nobody in without the password', async () => {
    const { href } = Object.assign(new URL(server.url), { password: 'wrong' })
    await assert.rejects(query(href, 'select 1'), { code: 'ER_ACCESS_DENIED_ERROR' })
    const root = Object.assign(new URL(server.url), { username: 'root', password: '' })
    await assert.rejects(query(root.href, 'select 1'), { code: 'ER_ACCESS_DENIED_ERROR' })
  })

  it('writes to the disk only if it is to be durable', async () => {
    assert.equal(await show('innodb_flush_log_at_trx_commit'), 0)
    const durable = await startMariadb({ durable: true })
    const sql = 'select @@global.innodb_flush_log_at_trx_commit as value'
    assert.equal((await query(durable.url, sql))[0]?.value, 1)
    assert.ok(!durable.folder.startsWith('/dev/shm'))
    await durable.stop()
  })
})

async function query(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(url)
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql)
    return rows
  } finally {
    await connection.end()
  }
}
