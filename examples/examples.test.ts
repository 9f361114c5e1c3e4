import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

const folder = import.meta.dirname

it("the README's code is examples/hono.ts, word for word", () => {
  const readme = readFileSync(join(folder, '../README.md'), 'utf8')
  const code = readFileSync(join(folder, 'hono.ts'), 'utf8')
  assert.ok(readme.includes(`\`\`\`ts\n${code}\`\`\`\n`))
})

describe('each example runs, signs in and out', () => {
  for (const name of ['hono', 'express', 'node']) {
    it(`examples/${name}.ts`, async () => {
      const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-example-'))
      const port = await freePort()
      const example = spawn(
        process.execPath,
        ['--conditions=cloakroom-source', join(folder, `${name}.ts`)],
        {
          env: { ...process.env, PORT: String(port), DATABASE: join(temporary, 'app.db') },
          stdio: ['ignore', 'inherit', 'inherit'],
        },
      )
      const exited = once(example, 'exit')
      try {
        await visit(port)
      } finally {
        example.kill()
        await exited
        rmSync(temporary, { recursive: true })
      }
    })
  }
})

async function visit(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const origin = { origin: `http://localhost:${port}` }
  const headers = { ...origin, 'content-type': 'application/json' }
  const signIn = (password: string) =>
    fetch(`${url}/sign-in`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email: 'ada@example.com', password }),
    })

  await whenListening(url)
  assert.equal((await fetch(`${url}/me`)).status, 401)
  assert.equal((await signIn('wrong')).status, 401)

  const cookie = await cookieOf(await signIn('correct horse battery'))
  const me = await fetch(`${url}/me`, { headers: { cookie } })
  assert.deepEqual(await me.json(), { id: 1, email: 'ada@example.com' })
  const devices = await fetch(`${url}/devices`, { headers: { cookie } })
  assert.equal(((await devices.json()) as unknown[]).length, 1)

  const out = await fetch(`${url}/sign-out`, { method: 'POST', headers: { ...origin, cookie } })
  assert.equal(out.status, 204)
  assert.equal((await fetch(`${url}/me`, { headers: { cookie } })).status, 401)

  const before = await cookieOf(await signIn('correct horse battery'))
  const stepUp = (password: string) =>
    fetch(`${url}/step-up`, {
      method: 'POST',
      headers: { ...headers, cookie: before },
      body: JSON.stringify({ password }),
    })
  assert.equal((await stepUp('wrong')).status, 401)
  const again = await cookieOf(await stepUp('correct horse battery'))
  assert.equal((await fetch(`${url}/me`, { headers: { cookie: before } })).status, 401)
  const everywhere = await fetch(`${url}/sign-out-everywhere`, {
    method: 'POST',
    headers: { ...origin, cookie: again },
  })
  assert.equal(everywhere.status, 204)
  assert.equal((await fetch(`${url}/me`, { headers: { cookie: again } })).status, 401)
}

async function cookieOf(response: Response): Promise<string> {
  assert.equal(response.status, 204, await response.text())
  const [cookie = ''] = response.headers.getSetCookie()
  return cookie.slice(0, cookie.indexOf(';'))
}

async function whenListening(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(url)
      return
    } catch (error) {
      if (tries === 200) throw error
      await delay(50)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
