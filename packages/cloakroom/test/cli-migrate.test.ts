import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createProject, type Project } from './cli-project.ts'

describe('npx cloakroom migrate', () => {
  let project: Project
  let database: DatabaseSync
  beforeEach(() => {
    project = createProject()
    database = new DatabaseSync(`${project.folder}/app.db`)
    database.exec('create table users (id integer primary key, banned integer not null)')
  })
  afterEach(() => {
    database.close()
    project.remove()
  })

  const migrate = ['migrate', '--database', 'app.db', '--id-type', 'integer']
  const tables = () =>
    database.prepare("select name from sqlite_schema where name like 'cloakroom%'").all().length

  it('makes the tables, and then finds them made', async () => {
    const first = await project.run(migrate)
    assert.deepEqual(
      [first.code, first.stdout],
      [0, 'Made the tables in app.db (version 1).\n'],
      first.stderr,
    )
    const second = await project.run([...migrate, '--json'])
    assert.deepEqual(JSON.parse(second.stdout), { from: 1, to: 1 })
    assert.equal(
      (await project.run(migrate)).stdout,
      'The tables in app.db are up to date (version 1).\n',
    )
  })

  it('prints statements that make the tables, and makes none itself', async () => {
    const { code, stdout } = await project.run([...migrate, '--print'])
    assert.equal(code, 0)
    assert.equal(tables(), 0)
    const { statements } = JSON.parse((await project.run([...migrate, '--print', '--json'])).stdout)
    assert.ok(statements.length > 0)
    database.exec(stdout)
    assert.deepEqual(JSON.parse((await project.run([...migrate, '--json'])).stdout), {
      from: 1,
      to: 1,
    })
    const again = await project.run([...migrate, '--print'])
    assert.equal(again.stdout, '-- The tables are up to date.\n')
  })

  it('of four at once, one makes the tables', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => project.run([...migrate, '--json'])))
    const froms = runs.map(({ stdout, stderr }) => JSON.parse(stdout || stderr).from as number)
    assert.deepEqual(froms.sort(), [0, 1, 1, 1])
  })

  it('refuses tables of a later version, like every other command', async () => {
    await project.run(migrate)
    database.exec('update cloakroom_state set schema_version = 999')
    for (const typed of [migrate, [...migrate, '--print'], ['stats', ...migrate.slice(1)]]) {
      const { code, stdout, stderr } = await project.run(typed)
      assert.deepEqual([code, stdout], [5, ''])
      assert.match(stderr, /schema_newer/)
    }
  })

  it('tells the other commands’ user to migrate', async () => {
    const { code, stderr } = await project.run(['stats', ...migrate.slice(1)])
    assert.equal(code, 5)
    assert.match(stderr, /npx cloakroom migrate.*schema_missing/)
  })

  for (const [fault, options, expected] of [
    ['a users table that is not there', ['--users-table', 'people'], /no table people/],
    ['a key that is not there', ['--id-column', 'uid'], /no column uid/],
    ['another type of ids', ['--id-type=uuid'], /not uuid/],
    ['a condition that is none', ['--active', 'not baned'], /users\.active is not a condition/],
  ] as const) {
    it(`says so, and makes nothing, at ${fault}`, async () => {
      const typed = fault === 'another type of ids' ? migrate.slice(0, 3) : migrate
      const { code, stderr } = await project.run([...typed, ...options])
      assert.equal(code, 5, stderr)
      assert.match(stderr, expected)
      assert.equal(tables(), 0)
    })
  }

  it('takes table, key, condition and prefix', async () => {
    database.exec('create table people (uid integer primary key, gone integer)')
    const options = ['--users-table', 'people', '--id-column', 'uid', '--active', 'gone is null']
    const { code, stderr } = await project.run([...migrate, ...options, '--prefix', 'auth_'])
    assert.equal(code, 0, stderr)
    assert.ok(database.prepare("select 1 from sqlite_schema where name = 'auth_sessions'").get())
  })
})
