import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { cloakroom } from '../src/index.ts'
import { sqlite } from '../src/stores/sqlite/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { commandLine, createProject, type Environment, type Project } from './cli-project.ts'

// `script` of util-linux gives a program a terminal, which is the only thing that it is asked on.
describe('npx cloakroom on a terminal', () => {
  let project: Project
  let database: DatabaseSync
  before(() => {
    project = createProject()
    database = new DatabaseSync(`${project.folder}/app.db`)
    database.exec('create table users (id integer primary key); insert into users values (42)')
  })
  after(() => {
    database.close()
    project.remove()
  })

  const where = ['--database', 'app.db', '--id-type', 'integer']

  async function signIn() {
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: sqlite(database, { migrate: true }),
      users: { table: 'users', id: { type: 'integer' } },
    })
    const signedIn = await signInAs(auth, 42, { device: 'Firefox on Linux', ip: '203.0.113.7' })
    const isLive = async () => (await auth.verify(signedIn.token)).status === 'authenticated'
    return { id: signedIn.session.id, isLive, close: () => auth.close() }
  }

  /** Types `answer` when the question has come. */
  async function answering(
    answer: string,
    typed: readonly string[],
    environment: Environment = {},
  ) {
    const command = [...commandLine, ...typed, ...where].map((word) => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: project.folder,
      env: { PATH: process.env.PATH, TERM: 'xterm', ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let screen = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const isAsked = () => /\? \[y\/N\] |to go on: /.test(screen)
      const wasAsked = isAsked()
      screen += text
      if (!wasAsked && isAsked()) child.stdin.write(answer)
    })
    const [code] = await once(child, 'close')
    return { code, screen }
  }

  it('asks whose session that is, and ends it at a yes', async () => {
    const { id, isLive, close } = await signIn()
    const no = await answering('\n', ['sessions', 'revoke', id])
    assert.equal(no.code, 3)
    assert.match(
      no.screen,
      /End the session of user 42 \(Firefox on Linux, 203\.0\.113\.7\) in app\.db\? \[y\/N\] /,
    )
    assert.equal(await isLive(), true)
    const yes = await answering('y\n', ['sessions', 'revoke', id])
    assert.equal(yes.code, 0)
    assert.equal(await isLive(), false)
    const gone = await answering('', ['sessions', 'revoke', id])
    assert.deepEqual([gone.code, gone.screen], [4, 'There is no such session.\r\n'])
    await close()
  })

  it('takes no mere yes for everybody', async () => {
    const { isLive, close } = await signIn()
    const typed = ['sessions', 'revoke-all', '--everybody']
    assert.equal((await answering('yes\n', typed)).code, 3)
    assert.equal(await isLive(), true)
    assert.equal((await answering('everybody\n', typed)).code, 0)
    assert.equal(await isLive(), false)
    await close()
  })

  it('ends without a word at Ctrl-C, and does nothing at Ctrl-D', async () => {
    const { isLive, close } = await signIn()
    const interrupted = await answering('\x03', ['users', 'block', '42'])
    assert.equal(interrupted.code, 130)
    assert.match(interrupted.screen, /\[y\/N\] (?:\^C)?\s*$/)
    assert.equal((await answering('\x04', ['users', 'block', '42'])).code, 3)
    assert.equal(await isLive(), true)
    await close()
  })

  it('is in colour there, unless NO_COLOR is set, and never in a pipe', async () => {
    const { close } = await signIn()
    const typed = ['sessions', 'list', '42']
    const green = '\x1b[32mlive'
    assert.ok((await answering('', typed)).screen.includes(green))
    assert.equal((await answering('', typed, { NO_COLOR: '1' })).screen.includes(green), false)
    const piped = await project.run([...typed, ...where])
    assert.match(piped.stdout, / live /)
    assert.equal(piped.stdout.includes('\x1b'), false)
    await close()
  })
})
