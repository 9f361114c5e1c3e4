import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type Cloakroom, cloakroom } from '../src/index.ts'
import { sqlite } from '../src/stores/sqlite/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { createProject, finish, type Project } from './cli-project.ts'

describe('npx cloakroom, where somebody means harm or makes a slip', () => {
  let project: Project
  let database: DatabaseSync
  let auth: Cloakroom<{ readonly id: string }>
  before(async () => {
    project = createProject()
    database = new DatabaseSync(`${project.folder}/app.db`)
    database.exec(`create table users (id text not null primary key);
      insert into users values ('ada')`)
    auth = await cloakroom({
      origin: 'https://app.example',
      store: sqlite(database, { migrate: true }),
      users: { table: 'users', id: { type: 'text' } },
    })
  })
  after(async () => {
    await auth.close()
    database.close()
    project.remove()
  })

  const where = ['--database', 'app.db', '--id-type', 'text']

  it('a device label cannot send control sequences to the administrator’s terminal', async () => {
    const device = '\x1b[8mhidden\x9b2J\u202e'
    await signInAs(auth, 'ada')
    // Other code writes to the database as well.
    database.prepare('update cloakroom_sessions set device = ?, ip = ?').run(device, '\x1b[1A')
    const shown = await project.run(['sessions', 'list', 'ada', ...where])
    const json = await project.run(['sessions', 'list', 'ada', '--json', ...where])
    for (const { code, stdout } of [shown, json]) {
      assert.equal(code, 0)
      assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
    }
    assert.match(shown.stdout, /\\u001b\[8mhidden\\u009b2J\\u202e/)
    assert.equal(JSON.parse(json.stdout).sessions[0].device, device)
  })

  it('neither can what is typed by mistake', async () => {
    const { code, stdout } = await project.run(['users', 'show', 'ada\x1b[2J', ...where])
    assert.equal(code, 0)
    assert.equal(stdout.includes('\x1b'), false)
  })

  it('a token that is pasted in place of an id is printed nowhere, and ends nothing', async () => {
    const { token } = await signInAs(auth, 'ada')
    for (const typed of [
      ['sessions', 'revoke', token, '--yes'],
      ['sessions', 'revoke-all', 'ada', '--except', token, '--yes'],
      ['sessions', 'revoke-all', '--everybody', token, '--yes'],
      ['sessions', token],
      [token],
    ]) {
      const { code, stdout, stderr } = await project.run([...typed, ...where])
      assert.equal(code, 2)
      assert.equal(`${stdout}${stderr}`.includes(token), false)
    }
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  it('a misspelt option ends nothing', async () => {
    const { token, session } = await signInAs(auth, 'ada')
    const typed = ['sessions', 'revoke-all', 'ada', '--exept', session.id, '--yes']
    assert.equal((await project.run([...typed, ...where])).code, 2)
    assert.equal((await auth.verify(token)).status, 'authenticated')
  })

  it('a session that was never there is not kept: everything else of the user’s ends', async () => {
    const { token } = await signInAs(auth, 'ada')
    const absent = '019f2c3a-5b1e-7c44-9d2e-0a1b2c3d4e5f'
    const typed = ['sessions', 'revoke-all', 'ada', '--except', absent, '--yes']
    assert.equal((await project.run([...typed, ...where])).code, 0)
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  it('whoever reads only the first lines causes no error', async () => {
    const child = project.spawn(['--help'])
    child.stdout?.destroy()
    const { code, stderr } = await finish(child)
    assert.deepEqual([code, stderr], [0, ''])
  })
})
