import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { PrivateServer } from './private-server.ts'
import { queryPostgres } from './query-postgres.ts'
import { testServerLife } from './server-life.ts'
import { startPostgres } from './start-postgres.ts'

testServerLife({
  start: startPostgres,
  remember: (url, value) =>
    queryPostgres(
      url,
      `create table if not exists remembered (value text);
       delete from remembered; insert into remembered values ('${value}')`,
    ),
  async recall(url) {
    const [row] = await queryPostgres<{ value: string }>(url, 'select value from remembered')
    return row?.value
  },
})

describe('a private PostgreSQL', () => {
  let server: PrivateServer

  before(async () => {
    server = await startPostgres({ maxConnections: 7, settings: { work_mem: '7MB' } })
  })
  after(() => server.stop())

  async function show(name: string): Promise<string | undefined> {
    const [row] = await queryPostgres<Record<string, string>>(server.url, `show ${name}`)
    return row?.[name]
  }

  it('is set as told, and by alter system afterwards', async () => {
    assert.equal(await show('max_connections'), '7')
    assert.equal(await show('work_mem'), '7MB')
    await queryPostgres(server.url, "alter system set work_mem = '8MB'")
    await server.restart()
    assert.equal(await show('work_mem'), '8MB')
  })

  it('has plain settings that do not depend on the machine', async () => {
    assert.equal(await show('server_encoding'), 'UTF8')
    assert.equal(await show('TimeZone'), 'UTC')
  })

  it('lets nobody in without the password', async () => {
    const { href } = Object.assign(new URL(server.url), { password: 'wrong' })
    await assert.rejects(queryPostgres(href, 'select 1'), { code: '28P01' })
  })

  it('writes to the disk only if it is to be durable', async () => {
    assert.equal(await show('fsync'), 'off')
    const durable = await startPostgres({ durable: true })
    const [row] = await queryPostgres<{ fsync: string }>(durable.url, 'show fsync')
    assert.equal(row?.fsync, 'on')
    assert.ok(!durable.folder.startsWith('/dev/shm'))
    await durable.stop()
  })

  it('leaves no shared memory when it is stopped after a kill', async () => {
    const killed = await startPostgres()
    await killed.kill()
    const status = readFileSync(join(killed.folder, 'data/postmaster.pid'), 'utf8')
    const id = / (\d+)$/.exec(status.split('\n')[6] ?? '')?.[1]
    assert.ok(id !== undefined && listSharedMemory().includes(id))
    await killed.stop()
    assert.ok(!listSharedMemory().includes(id))
  })
})

function listSharedMemory(): (string | undefined)[] {
  const lines = readFileSync('/proc/sysvipc/shm', 'latin1').split('\n')
  return lines.map((line) => line.trim().split(/ +/)[1])
}
