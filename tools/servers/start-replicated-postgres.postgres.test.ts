import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { queryPostgres } from './query-postgres.ts'
import { type ReplicatedPostgres, startReplicatedPostgres } from './start-replicated-postgres.ts'
import { waitUntil } from './wait-until.ts'

describe('a replicated PostgreSQL', () => {
  let servers: ReplicatedPostgres

  before(async () => {
    servers = await startReplicatedPostgres()
    await queryPostgres(servers.primary.url, 'create table numbers (number int)')
  })
  after(() => servers.stop())

  it('has a standby that follows and takes no writes', async () => {
    const { primary, standby } = servers
    await queryPostgres(primary.url, 'insert into numbers values (1)')
    await waitUntil('the row arrives', async () => (await count(standby.url)) === 1)
    await assert.rejects(queryPostgres(standby.url, 'delete from numbers'), { code: '25006' })
  })

  it('has a standby that catches up after it or the primary was killed', async () => {
    const { primary, standby } = servers
    await standby.kill()
    await queryPostgres(primary.url, 'truncate numbers')
    await primary.kill()
    await primary.restart()
    await standby.restart()
    await waitUntil('the rows are gone', async () => (await count(standby.url)) === 0)
  })
})

describe('a replicated PostgreSQL that is synchronous', () => {
  let servers: ReplicatedPostgres

  before(async () => {
    servers = await startReplicatedPostgres({ synchronous: true })
    await queryPostgres(servers.primary.url, 'create table numbers (number int)')
  })
  after(() => servers.stop())

  it('shows on the standby what was acknowledged under remote_apply', async () => {
    const { primary, standby } = servers
    for (let number = 1; number <= 20; number += 1) {
      await queryPostgres(primary.url, insertAs('remote_apply'))
      assert.equal(await count(standby.url), number)
    }
  })

  it('acknowledges under remote_apply only when the standby goes on', async () => {
    const { primary, standby } = servers
    standby.pause()
    await queryPostgres(primary.url, insertAs('local'))
    const commit = queryPostgres(primary.url, insertAs('remote_apply')).then(() => 'acknowledged')
    assert.equal(await Promise.race([commit, delay(200, 'silence')]), 'silence')
    standby.resume()
    assert.equal(await commit, 'acknowledged')
  })
})

function insertAs(synchronousCommit: string): string {
  return `set synchronous_commit = ${synchronousCommit}; insert into numbers values (1)`
}

async function count(url: string): Promise<number> {
  const sql = 'select count(*)::int as count from numbers'
  return (await queryPostgres<{ count: number }>(url, sql))[0]?.count ?? 0
}
