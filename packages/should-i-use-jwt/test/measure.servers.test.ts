import assert from 'node:assert/strict'
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
import { makeTemporary, startMeasuring, toFigures } from './run-measure.ts'

const temporary = makeTemporary()
after(() => temporary.remove())

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

  const start = (only: string, ...more: string[]) =>
    startMeasuring(temporary.path, [
      ...['--yes', '--only', only, '--database', postgres, '--valkey', valkey],
      ...more,
    ])

  async function isAsItWas(): Promise<boolean> {
    const sql = "select nspname from pg_namespace where nspname like 'should\\_i\\_%'"
    const [schemas, keys] = [await queryPostgres(postgres, sql), await client.keys('should_i_*')]
    return schemas.length === 0 && keys.length === 0
  }

  it('measures both, and leaves both as they were', async () => {
    const measuring = start('opaque-valkey,jwt-denylist-valkey', '--json')
    const { contenders, database, valkey } = toFigures(await measuring.ended)
    assert.ok(await isAsItWas())
    assert.doesNotMatch(`${database} ${valkey}`, /:[^/]+@/)
    const byId = Object.fromEntries(contenders.map((contender) => [contender.id, contender]))
    for (const id of ['opaque-database', 'opaque-valkey', 'jwt-denylist-valkey']) {
      const { missing, junk, expired, authenticated } = byId[id]?.statements ?? {}
      assert.deepEqual([missing, junk, expired, authenticated], [0, 0, 0, 1], id)
      assert.ok(byId[id]?.isRevocationWaitedFor, id)
    }
  })

  it('leaves nothing after Ctrl-C', async () => {
    const measuring = start('opaque-valkey')
    await measuring.says('Signing in')
    assert.ok(!(await isAsItWas()))
    measuring.pressCtrlC()
    const { code, errors } = await measuring.ended
    assert.equal(code, 130, errors)
    assert.ok(await isAsItWas())
  })

  it('removes at the next start what a killed run has left', async () => {
    const killed = start('opaque-valkey')
    await killed.says('Counting statements')
    killed.child.kill('SIGKILL')
    await killed.ended
    assert.ok(!(await isAsItWas()))
    await waitUntil('the servers know that the killed run is gone', isAlone)

    const next = start('opaque-valkey')
    await next.says('Signing in')
    next.pressCtrlC()
    const { errors } = await next.ended
    const removed = errors.match(
      /Removed should_i_use_jwt_\w+, which a run that was killed had left/g,
    )
    assert.equal(removed?.length, 2, errors)
    assert.ok(await isAsItWas())
  })

  async function isAlone(): Promise<boolean> {
    const sql = `select 1 from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`
    const connections = String(await client.call('CLIENT', 'LIST'))
    return (await queryPostgres(postgres, sql)).length === 0 && !connections.includes('should_i_')
  }
})

describe('should-i-use-jwt measure on MariaDB', () => {
  let url: string
  before(async () => {
    url = await freshMysqlDatabase(await sharedMariadb())
  })

  const start = (...args: string[]) =>
    startMeasuring(temporary.path, ['--yes', '--only', 'leased-cache', '--database', url, ...args])

  async function ownDatabases(): Promise<unknown[]> {
    const connection = await createConnection(url)
    const [rows] = await connection.query("show databases like 'should\\_i\\_%'")
    await connection.end()
    return rows as unknown[]
  }

  it('removes what a killed run has left, measures, and leaves all as it was', async () => {
    const killed = start()
    await killed.says('Signing in')
    killed.child.kill('SIGKILL')
    await killed.ended
    assert.equal((await ownDatabases()).length, 1)

    const { code, output, errors } = await start('--json').ended
    assert.match(errors, /Removed should_i_use_jwt_\w+, which a run that was killed had left/)
    const { contenders } = toFigures({ code, output, errors })
    assert.deepEqual(await ownDatabases(), [])
    assert.deepEqual(
      contenders.map(({ id, statements }) => [id, statements.authenticated]),
      [
        ['opaque-database', 1],
        ['leased-cache', 0],
      ],
    )
  })
})
