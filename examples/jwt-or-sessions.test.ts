import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { analyse, fillIn, judge, readProject } from 'should-i-use-jwt'

for (const name of ['before-jwt', 'after-sessions']) {
  it(`examples/${name} signs in and out, and refuses who signed out or is banned at once`, async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-example-'))
    const port = await freePort()
    const file = join(temporary, 'app.db')
    const example = spawn(process.execPath, [join(import.meta.dirname, name, 'app.ts')], {
      env: { ...process.env, PORT: String(port), DATABASE: file },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const exited = once(example, 'exit')
    const url = `http://127.0.0.1:${port}`
    const post = (path: string, body: object, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    const signIn = async () => {
      const signedIn = await post('/sign-in', { email, password: 'correct horse battery' })
      const { token } = (await signedIn.json()) as { token: string }
      return { authorization: `Bearer ${token}` }
    }
    const email = 'ada@example.com'
    try {
      await whenListening(url)
      assert.equal((await post('/sign-in', { email, password: 'wrong' })).status, 401)
      const headers = await signIn()
      assert.equal((await post('/orders', { item: 'coat' }, headers)).status, 201)
      const orders = await fetch(`${url}/orders`, { headers })
      assert.deepEqual(await orders.json(), [{ id: 1, item: 'coat' }])
      assert.equal((await post('/sign-out', {}, headers)).status, 204)
      assert.equal((await fetch(`${url}/orders`, { headers })).status, 401)

      const others = await signIn()
      assert.equal((await fetch(`${url}/me`, { headers: others })).status, 200)
      const database = new DatabaseSync(file)
      database.exec('update users set banned = 1')
      database.close()
      assert.equal((await fetch(`${url}/me`, { headers: others })).status, 401)
      const banned = await post('/sign-in', { email, password: 'correct horse battery' })
      assert.equal(banned.status, 401)
    } finally {
      example.kill()
      await exited
      rmSync(temporary, { recursive: true })
    }
  })
}

it('should-i-use-jwt says of examples/before-jwt: no, for all four reasons', () => {
  const { checklist, verdict } = scan('before-jwt')
  const { authentication, revocation, blocking, related, share, bugs } = checklist
  assert.equal(verdict, 'no')
  for (const item of [authentication, revocation, blocking, related]) {
    assert.equal(item?.answer, 'yes', item?.question)
  }
  assert.equal(share?.share, 1)
  assert.deepEqual(bugs?.bugs.map(({ kind }) => kind).sort(), [
    'no-algorithm-pinned',
    'no-aud',
    'no-iss',
    'secret-in-source',
    'short-secret',
  ])
})

it('should-i-use-jwt says of examples/after-sessions: you do not, good', () => {
  const { checklist, verdict } = scan('after-sessions')
  assert.equal(verdict, 'no-jwt')
  assert.equal(checklist.authentication?.answer, 'no')
  assert.deepEqual(checklist.bugs?.bugs ?? [], [])
})

it('should-i-use-jwt says of examples/microservices: the large design, keep it', () => {
  const { checklist, verdict } = scan('microservices')
  assert.equal(verdict, 'large-design')
  assert.deepEqual(checklist.scale?.services.toSorted(), ['billing.ts', 'orders.ts'])
  assert.deepEqual(checklist.bugs?.bugs, [])
})

it('the sessions take fewer lines, and the page shows how the one becomes the other', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/from-jwts-to-sessions.md'), 'utf8')
  const before = linesOf('before-jwt')
  const after = linesOf('after-sessions')
  assert.ok(after < before)
  assert.ok(page.includes(`from ${before} lines to ${after}`))
  for (const file of ['app.ts', 'database.ts']) {
    assert.ok(page.includes(`\`\`\`diff\n${difference(file)}\`\`\``), difference(file))
  }
  const sessions = readFileSync(join(import.meta.dirname, 'after-sessions/sessions.ts'), 'utf8')
  assert.ok(page.includes(`\`\`\`ts\n${sessions}\`\`\``))
})

function scan(name: string) {
  const analysis = analyse(readProject(join(import.meta.dirname, name)))
  const checklist = fillIn(analysis)
  return { checklist, verdict: judge(checklist, analysis).kind }
}

function linesOf(name: string): number {
  const folder = join(import.meta.dirname, name)
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'))
  return texts.reduce((lines, text) => lines + text.split('\n').length - 1, 0)
}

/** As unified diff, without its headers. */
function difference(file: string): string {
  const { stdout } = spawnSync(
    'git',
    ['diff', '--no-index', '--no-color', '--no-ext-diff', '--unified=1']
      .concat('--diff-algorithm=histogram')
      .concat([join('before-jwt', file), join('after-sessions', file)]),
    { cwd: import.meta.dirname, encoding: 'utf8' },
  )
  return stdout.replace(/^.*?(?=@@)/s, '').replaceAll(/^(@@ .*? @@).*$/gm, '$1')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(address && typeof address === 'object')
  return address.port
}

async function whenListening(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await fetch(url).catch(() => undefined)) return
    await delay(50)
  }
  throw new Error(`Nothing listens at ${url}`)
}
