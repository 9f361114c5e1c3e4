import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { cloakroom } from '../src/index.ts'
import { sqlite } from '../src/stores/sqlite/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { createProject, type Project } from './cli-project.ts'

const object = `{
  origin: 'https://app.example',
  store: sqlite(new DatabaseSync('app.db'), { migrate: true }),
  users: { table: 'users', id: { type: 'integer' } },
  pruneIntervalSeconds: 60,
}`
const imports = `import { DatabaseSync } from 'node:sqlite'
import { sqlite } from 'cloakroom/sqlite'
`

describe('npx cloakroom --config', () => {
  let project: Project
  beforeEach(() => {
    project = createProject()
    const database = new DatabaseSync(`${project.folder}/app.db`)
    database.exec('create table users (id integer primary key)')
    database.close()
  })
  afterEach(() => project.remove())

  for (const [form, file, source] of [
    ['an object named options', 'auth.ts', `${imports}export const options = ${object} as const`],
    ['a default export', 'auth.ts', `${imports}export default ${object} as const`],
    ['a function', 'auth.ts', `${imports}export const options = () => (${object})`],
    ['a function of a promise', 'auth.mts', `${imports}export default async () => (${object})`],
    ['a promise', 'auth.js', `${imports}export const options = Promise.resolve(${object})`],
    [
      'CommonJS',
      'auth.cjs',
      `const { DatabaseSync } = require('node:sqlite')
const { sqlite } = require('cloakroom/sqlite')
exports.options = ${object}`,
    ],
    [
      'no origin, which nothing here needs',
      'auth.ts',
      `${imports}export const options = ${object.replace(/origin: .*,/, '')}`,
    ],
  ] as const) {
    it(`takes ${form}`, async () => {
      project.write(file, source)
      const { code, stdout, stderr } = await project.run(['stats', '--json', '--config', file])
      assert.equal(code, 0, stderr)
      assert.equal(JSON.parse(stdout).sessions, 0)
    })
  }

  it('finds cloakroom.config.ts by itself, before the environment’s DATABASE_URL', async () => {
    project.write('cloakroom.config.ts', `${imports}export default ${object}`)
    const environment = { DATABASE_URL: 'sqlite:absent.db' }
    const { code, stderr } = await project.run(['stats'], environment)
    assert.equal(code, 0, stderr)
  })

  it('ends, though the module holds a pool of connections and a timer', async () => {
    const pool = `import { createServer } from 'node:net'
setInterval(() => {}, 1000)
await new Promise((resolve) => createServer().listen(0, '127.0.0.1', resolve))
`
    project.write('auth.ts', `${imports}${pool}export const options = ${object}`)
    assert.equal((await project.run(['stats', '--config', 'auth.ts'])).code, 0)
  })

  it('judges a session of eight days ago by the timeouts of the application', async () => {
    const database = new DatabaseSync(`${project.folder}/app.db`)
    database.exec('insert into users values (42)')
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: sqlite(database, { migrate: true }),
      users: { table: 'users', id: { type: 'integer' } },
      clock: () => Date.now() - 8 * 86_400_000,
    })
    await signInAs(auth, 42)
    await auth.close()
    database.close()
    project.write('auth.ts', `${imports}export const options = ${object}`)
    const list = ['sessions', 'list', '42', '--json']
    const known = await project.run([...list, '--config', 'auth.ts'])
    assert.equal(JSON.parse(known.stdout).sessions[0].state, 'idle')
    const unknown = await project.run([...list, '--database', 'app.db', '--id-type', 'integer'])
    assert.equal(JSON.parse(unknown.stdout).sessions[0].state, 'live')
  })

  for (const [fault, source, expected] of [
    ['is not there', undefined, /There is no file auth\.ts/],
    ['throws', 'throw new Error("no such thing")', /auth\.ts could not be loaded: no such thing/],
    ['does not parse', 'export const options = {', /auth\.ts could not be loaded/],
    ['exports nothing of use', 'export const settings = {}', /must export the options/],
    [
      'exports the sessions in place of the options',
      `${imports}import { cloakroom } from 'cloakroom'
export default await cloakroom(${object})`,
      /export the options that it takes/,
    ],
    [
      'has an option out of range',
      `${imports}export default { ...${object}, idleTimeoutSeconds: 1 }`,
      /idleTimeoutSeconds must be/,
    ],
  ] as const) {
    it(`says what is wrong when the module ${fault}`, async () => {
      if (source !== undefined) project.write('auth.ts', source)
      const { code, stdout, stderr } = await project.run(['stats', '--config', 'auth.ts'])
      assert.deepEqual([code, stdout], [78, ''], stderr)
      assert.match(stderr, expected)
    })
  }

  it('says what to do when the module itself needs the tables that migrate makes', async () => {
    project.write(
      'auth.ts',
      `${imports}import { cloakroom } from 'cloakroom'
export const options = ${object.replace(', { migrate: true }', '')}
export const auth = await cloakroom(options)`,
    )
    const { code, stderr } = await project.run(['migrate', '--config', 'auth.ts'])
    assert.equal(code, 5)
    assert.match(stderr, /module that does not call cloakroom\(\).*schema_missing/)
  })
})
