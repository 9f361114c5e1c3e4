import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { analyse, fillIn, judge, readProject } from 'should-i-use-jwt'

const folder = join(import.meta.dirname, 'before-jwt')

it('examples/before-jwt signs in and out, and a revoked token is refused', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-example-'))
  const port = await freePort()
  const example = spawn(process.execPath, [join(folder, 'app.ts')], {
    env: { ...process.env, PORT: String(port), DATABASE: join(temporary, 'app.db') },
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
  try {
    await whenListening(url)
    const email = 'ada@example.com'
    assert.equal((await post('/sign-in', { email, password: 'wrong' })).status, 401)
    const signedIn = await post('/sign-in', { email, password: 'correct horse battery' })
    const { token } = (await signedIn.json()) as { token: string }
    const headers = { authorization: `Bearer ${token}` }
    assert.equal((await post('/orders', { item: 'coat' }, headers)).status, 201)
    const orders = await fetch(`${url}/orders`, { headers })
    assert.deepEqual(await orders.json(), [{ id: 1, item: 'coat' }])
    assert.equal((await post('/sign-out', {}, headers)).status, 204)
    assert.equal((await fetch(`${url}/orders`, { headers })).status, 401)
  } finally {
    example.kill()
    await exited
    rmSync(temporary, { recursive: true })
  }
})

it('should-i-use-jwt says of it: no, for all four reasons', () => {
  const analysis = analyse(readProject(folder))
  const checklist = fillIn(analysis)
  const { authentication, revocation, blocking, related, share, bugs } = checklist
  assert.equal(judge(checklist, analysis).kind, 'no')
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
