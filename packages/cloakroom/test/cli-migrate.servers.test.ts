import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  freshMysqlDatabase,
  freshPostgresDatabase,
  queryPostgres,
  sharedMariadb,
  sharedPostgres,
  sharedValkey,
} from '@cloakroom/test-servers'
import { createConnection } from 'mysql2/promise'
import { createProject, type Project } from './cli-project.ts'

interface Database {
  readonly url: string
  /** One or more statements. */
  query(sql: string): Promise<unknown>
}

async function createPostgres(): Promise<Database> {
  const url = await freshPostgresDatabase(await sharedPostgres())
  return { url, query: (sql) => queryPostgres(url, sql) }
}

async function createMariadb(): Promise<Database> {
  const uri = await freshMysqlDatabase(await sharedMariadb())
  return {
    url: uri,
    async query(sql) {
      const connection = await createConnection({ uri, multipleStatements: true })
      await connection.query(sql).finally(() => connection.end())
    },
  }
}

for (const [driver, create] of [
  ['pg', createPostgres],
  ['postgres', createPostgres],
  ['mysql2', createMariadb],
] as const) {
  describe(`npx cloakroom migrate, with ${driver}`, () => {
    let project: Project
    let database: Database
    before(async () => {
      database = await create()
      project = createProject([driver])
    })
    after(() => project.remove())

    const migrate = (...typed: string[]) =>
      project.run(['migrate', '--id-type', 'bigint', ...typed], { DATABASE_URL: database.url })

    it('misses the users table before anything is made', async () => {
      const { code, stderr } = await migrate()
      assert.equal(code, 5, stderr)
      assert.match(stderr, /users.*schema_mismatch/)
      await database.query('create table users (id bigint primary key)')
    })

    it('prints statements that make the tables, and makes none itself', async () => {
      const { stdout } = await migrate('--print', '--prefix', 'printed_')
      await database.query(stdout)
      const after = await migrate('--json', '--prefix', 'printed_')
      assert.deepEqual(JSON.parse(after.stdout), { from: 1, to: 1 })
    })

    it('of four at once, one makes the tables; then they are up to date', async () => {
      const runs = await Promise.all([1, 2, 3, 4].map(() => migrate('--json')))
      const froms = runs.map(({ stdout, stderr }) => JSON.parse(stdout || stderr).from as number)
      assert.deepEqual(froms.sort(), [0, 1, 1, 1])
      assert.match((await migrate()).stdout, /are up to date \(version 1\)/)
      assert.equal((await migrate('--print')).stdout, '-- The tables are up to date.\n')
    })

    it('makes them in another schema, or database', async () => {
      const elsewhere = `test_${randomBytes(8).toString('hex')}`
      await database.query(`create schema ${elsewhere}`)
      const { code, stderr } = await migrate('--schema', elsewhere)
      assert.equal(code, 0, stderr)
      await database.query(`select 1 from ${elsewhere}.cloakroom_sessions`)
    })

    it('makes the triggers of the feed where it is told to', async () => {
      const { code, stderr } = await migrate('--feed', '--prefix', 'fed_')
      assert.equal(code, 0, stderr)
      if (driver === 'mysql2') await database.query('select 1 from fed_changes')
      else {
        await database.query(`do $$ begin
          assert (select count(*) = 3 from pg_trigger
            where tgrelid = 'users'::regclass and tgname like 'fed%');
        end $$`)
      }
      const printed = await migrate('--feed', '--prefix', 'fed_', '--print')
      assert.equal(printed.stdout, '-- The tables are up to date.\n')
    })

    it('says that it made triggers for other users, though the tables were up to date', async () => {
      await database.query('alter table users add column banned boolean not null default false')
      const active = ['--feed', '--prefix', 'fed_', '--active', 'not banned']
      const first = await migrate(...active)
      assert.match(first.stdout, /^Made the functions and triggers in .* for these users/)
      assert.match((await migrate(...active)).stdout, /are up to date \(version 1\)/)
    })

    it('refuses tables of a later version', async () => {
      await database.query('update cloakroom_state set schema_version = 999')
      const { code, stderr } = await migrate()
      assert.equal(code, 5)
      assert.match(stderr, /schema_newer/)
    })
  })
}

it('npx cloakroom migrate has nothing to make on Valkey, and says so', async () => {
  const project = createProject(['redis'])
  const migrate = async (...typed: string[]) => {
    const environment = { DATABASE_URL: await sharedValkey() }
    const { code, stdout, stderr } = await project.run(
      ['migrate', '--id-type', 'text', ...typed],
      environment,
    )
    assert.equal(code, 0, stderr)
    return stdout
  }
  assert.match(await migrate(), /^There are no tables to make in redis:/)
  assert.deepEqual(JSON.parse(await migrate('--json')), { from: null, to: null })
  assert.deepEqual(JSON.parse(await migrate('--json', '--print')), { statements: [] })
  project.remove()
})
