import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'

const folder = import.meta.dirname
const example = join(folder, 'express-session.ts')

describe('express-session', () => {
  it('every line of code in docs/express-session.md is of the example, or says why not', () => {
    const page = readFileSync(join(folder, '../docs/express-session.md'), 'utf8')
    const code = readFileSync(example, 'utf8')
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, block = '']) => block)
    assert(blocks.length > 0)
    for (const block of blocks) assert(code.includes(block), block)
  })

  it('examples/express-session.ts runs, signs in and out, and sees what SQL says', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-example-'))
    const port = await freePort()
    const file = join(temporary, 'app.db')
    const process_ = spawn(process.execPath, ['--conditions=cloakroom-source', example], {
      env: { ...process.env, PORT: String(port), DATABASE: file },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const exited = once(process_, 'exit')
    try {
      await visit(`http://127.0.0.1:${port}`, file)
    } finally {
      process_.kill()
      await exited
      rmSync(temporary, { recursive: true })
    }
  })
})

async function visit(url: string, file: string): Promise<void> {
  const request = (method: string, path: string, cookie = '', body?: object) =>
    fetch(url + path, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const signIn = async (password: string) => {
    const credential = { email: 'ada@example.com', password }
    const response = await request('POST', '/sign-in', '', credential)
    return { status: response.status, cookie: response.headers.getSetCookie()[0]?.split(';')[0] }
  }
  const statusOf = async (cookie?: string) => (await request('GET', '/me', cookie)).status

  await waitUntil('the example listens', () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  )
  assert.equal(await statusOf(), 401)
  assert.deepEqual(await signIn('wrong'), { status: 401, cookie: undefined })
  const password = 'correct horse battery'
  const [here, there, other] = [
    await signIn(password),
    await signIn(password),
    await signIn(password),
  ]
  assert.deepEqual(await (await request('GET', '/me', here.cookie)).json(), { id: 1 })
  const devices = (await (await request('GET', '/devices', here.cookie)).json()) as object[]
  assert.equal(devices.length, 3)
  assert.equal(devices.filter((device) => 'here' in device && device.here).length, 1)

  assert.equal((await request('POST', '/sign-out', there.cookie)).status, 204)
  assert.equal(await statusOf(there.cookie), 401)
  assert.equal((await request('POST', '/sign-out-everywhere', here.cookie)).status, 204)
  assert.deepEqual([await statusOf(here.cookie), await statusOf(other.cookie)], [401, 401])

  const again = await signIn(password)
  assert.equal(await statusOf(again.cookie), 200)
  const database = new DatabaseSync(file)
  database.exec('update users set banned = 1')
  database.close()
  assert.equal(await statusOf(again.cookie), 401)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
