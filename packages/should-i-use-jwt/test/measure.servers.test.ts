import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  freshMysqlDatabase,
  freshPostgresDatabase,
  queryPostgres,
  sharedMariadb,
  sharedPostgres,
  sharedValkey,
  waitUntil,
} from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { createConnection } from 'mysql2/promise'
import { makeTemporary, readFigures, startMeasuring } from './run-measure.ts'

const temporary = makeTemporary()
after(() => temporary.remove())

const few = ['--yes', '--only', 'leased-cache,opaque-valkey,jwt-denylist-valkey,jwt-user']

describe('should-i-use-jwt measure on PostgreSQL and Valkey', () => {
  let postgres: string
  let valkey: string
  let client: Redis
  before(async () => {
    postgres = await freshPostgresDatabase(await sharedPostgres())
    valkey = await sharedValkey()
    client = new Redis(valkey)
  })
  after(() => client.disconnect())

  async function ownSchemas(): Promise<unknown[]> {
    const sql = "select nspname from pg_namespace where nspname like 'should\\_i\\_%'"
    return await queryPostgres(postgres, sql)
  }

  const ownKeys = () => client.keys('should_i_use_jwt*')

  it('measures both, and leaves both as they were', async () => {
    const { path, remove } = makeTemporary()
    const json = join(path, 'figures.json')
    try {
      const args = [...few, '--database', postgres, '--valkey', valkey, '--json', json]
      const { code, errors } = await startMeasuring(temporary.path, args).ended
      assert.equal(code, 0, errors)
      assert.deepEqual([await ownSchemas(), await ownKeys()], [[], []])
      const { contenders, database } = readFigures(json)
      assert.doesNotMatch(database, /:[^/]+@/)
      const statements = Object.fromEntries(
        contenders.map(({ id, statements }) => [id, statements]),
      )
      for (const id of ['opaque-database', 'opaque-valkey', 'leased-cache']) {
        const { missing, junk, expired } = statements[id] ?? {}
        assert.deepEqual({ missing, junk, expired }, { missing: 0, junk: 0, expired: 0 }, id)
      }
      assert.equal(statements['opaque-database']?.authenticated, 1)
      assert.equal(statements['opaque-valkey']?.authenticated, 1)
      assert.equal(statements['jwt-denylist-valkey']?.authenticated, 1)
      for (const { id, isRevocationWaitedFor } of contenders) {
        assert.equal(isRevocationWaitedFor, id !== 'jwt-user', id)
      }
    } finally {
      remove()
    }
  })

  it('leaves nothing after Ctrl-C', async () => {
    const args = [...few, '--database', postgres, '--valkey', valkey]
    const { child, says, ended } = startMeasuring(temporary.path, args)
    await says('Signing in')
    assert.equal((await ownSchemas()).length, 1)
    child.kill('SIGINT')
    const { code, errors } = await ended
    assert.equal(code, 130, errors)
    assert.deepEqual([await ownSchemas(), await ownKeys()], [[], []])
  })

  it('removes what a killed run has left, at the next start', async () => {
    const args = ['--yes', '--only', 'opaque-valkey', '--database', postgres, '--valkey', valkey]
    const killed = startMeasuring(temporary.path, args)
    await killed.says('Signing in')
    killed.child.kill('SIGKILL')
    await killed.ended
    assert.equal((await ownSchemas()).length, 1)
    const [owner] = await client.keys('should_i_use_jwt_*.owner')
    assert.ok(owner)
    // As the half minute does after which it counts as dead.
    await client.del(owner)
    await waitUntil('the killed run has no lock', async () => (await locksHeld(postgres)) === 0)

    const { code, errors } = await startMeasuring(temporary.path, args).ended
    assert.equal(code, 0, errors)
    assert.match(errors, /Removed should_i_use_jwt_\w+, which a run that was killed had left/)
    assert.deepEqual([await ownSchemas(), await ownKeys()], [[], []])
  })
})

async function locksHeld(url: string): Promise<number> {
  const rows = await queryPostgres(
    url,
    `select 1 from pg_locks where locktype = 'advisory'
     and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows.length
}

describe('should-i-use-jwt measure on MariaDB', () => {
  it('measures it, and leaves it as it was', async () => {
    const url = await freshMysqlDatabase(await sharedMariadb())
    const args = ['--yes', '--only', 'leased-cache,jwt-denylist-database', '--database', url]
    const { code, errors } = await startMeasuring(temporary.path, args).ended
    assert.equal(code, 0, errors)
    const connection = await createConnection(url)
    const [rows] = await connection.query("show databases like 'should\\_i\\_%'")
    await connection.end()
    assert.deepEqual(rows, [])
  })
})
