import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { migrate } from '../src/index.ts'
import { sqlite } from '../src/stores/sqlite/index.ts'
import { createProject, type Project } from './cli-project.ts'

describe('npx cloakroom --database', () => {
  let project: Project
  let file: string
  beforeEach(async () => {
    project = createProject()
    file = `${project.folder}/app.db`
    const database = new DatabaseSync(file)
    database.exec('create table users (id integer primary key)')
    await migrate({
      store: sqlite(database),
      users: { table: 'users', id: { type: 'integer' } },
    })
    database.close()
  })
  afterEach(() => project.remove())

  it('takes an SQLite file in every spelling', async () => {
    for (const url of [
      'app.db',
      file,
      'sqlite:app.db',
      `sqlite:${file}`,
      `file:${file}`,
      `file://${file}`,
    ]) {
      const { code, stderr } = await project.run([
        'stats',
        '--database',
        url,
        '--id-type',
        'integer',
      ])
      assert.equal(code, 0, `${url}: ${stderr}`)
    }
  })

  it('takes the URL from the environment, and its own variable before the common one', async () => {
    const typed = ['stats', '--id-type', 'integer']
    const own = { CLOAKROOM_DATABASE_URL: 'app.db', DATABASE_URL: 'absent.db' }
    assert.equal((await project.run(typed, own)).code, 0)
    assert.equal((await project.run(typed, { DATABASE_URL: 'app.db' })).code, 0)
    const typedFirst = [...typed, '--database', 'app.db']
    assert.equal((await project.run(typedFirst, { DATABASE_URL: 'absent.db' })).code, 0)
  })

  it('makes no file where there is none', async () => {
    const before = readdirSync(project.folder)
    const { code, stderr } = await project.run([
      'migrate',
      '--database',
      'typo.db',
      '--id-type',
      'integer',
    ])
    assert.equal(code, 69)
    assert.match(stderr, /There is no file typo\.db \(store_unavailable\)/)
    assert.deepEqual(readdirSync(project.folder), before)
  })

  it('says that a file is no database', async () => {
    project.write('notes.db', 'not a database, but long enough to be taken for one'.repeat(20))
    const { code, stderr } = await project.run([
      'stats',
      '--database',
      'notes.db',
      '--id-type',
      'text',
    ])
    assert.equal(code, 69)
    assert.match(stderr, /file is not a database/)
  })

  for (const [fault, typed, expected] of [
    ['no database at all', ['stats'], /Which database\?/],
    ['two of them', ['stats', '--database', 'app.db', '--config', 'auth.ts'], /use one/],
    ['no type of ids', ['stats', '--database', 'app.db'], /say --id-type/],
    [
      'a wrong type of ids',
      ['stats', '--database', 'app.db', '--id-type', 'int'],
      /--id-type must be one of/,
    ],
    [
      'a scheme that nobody knows',
      ['stats', '--database', 'oracle://h/d', '--id-type', 'text'],
      /Unknown kind of database/,
    ],
    [
      'a URL without a host',
      ['stats', '--database', 'postgres:app', '--id-type', 'text'],
      /must be a URL such as/,
    ],
    [
      'a schema for SQLite',
      ['stats', '--database', 'app.db', '--id-type', 'text', '--schema', 'auth'],
      /--schema means nothing/,
    ],
    [
      'a prefix that is no name',
      ['stats', '--database', 'app.db', '--id-type', 'integer', '--prefix', 'a b'],
      /prefix must be/,
    ],
    [
      'a table in the way of a config',
      ['stats', '--config', 'auth.ts', '--users-table', 'people'],
      /--users-table goes with a database URL/,
    ],
  ] as const) {
    it(`refuses ${fault}`, async () => {
      const { code, stdout, stderr } = await project.run(typed)
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, expected)
    })
  }
})
