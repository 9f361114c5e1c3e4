import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, test } from 'node:test'
import { createClient, newAdministrator, password } from './client.ts'
import { newDatabase, type TestDatabase } from './new-database.ts'
import { spawnService } from './spawn-service.ts'
import { startService } from './start-service.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await newDatabase()
})
afterEach(() => database.remove())

test('a start prints where to open it and a code on stderr, and only JSON lines on stdout', async (t) => {
  const spawned = await spawnService(t, database.environment)
  const stderr = spawned.stderr()
  assert.match(stderr, /^Open http:\/\/localhost:\d+$/m)
  const code = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/.exec(stderr)?.[0] ?? ''
  assert.notEqual(code, '')
  spawned.child.kill('SIGTERM')
  assert.equal(await spawned.ended, 0)
  const lines = spawned.stdout().trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).event),
    ['sys_startup', 'sys_shutdown'],
  )
  assert.equal(spawned.stdout().includes(code), false)
})

test('a bad environment ends the start with what is wrong, and a status that is not 0', async (t) => {
  const bad: Record<string, string>[] = [
    { PORT: 'http' },
    { ORIGIN: 'http://auth.example' },
    { ADMIN_SETUP_CODE: 'canary-canary-canary' },
    { SIGN_UP: 'maybe' },
    { HOST: '0.0.0.0' },
    { DATABASE_URL: 'postgres://u:canary@127.0.0.1:1/d' },
    { DATABASE_URL: 'mysql://u:canary@127.0.0.1:1/d' },
    { DATABASE_URL: 'oracle://u:canary@h/d' },
    { DATABASE_URL: tmpdir() },
    { SESSION_STORE_URL: 'valkey://u:canary@127.0.0.1:1' },
    { HOST: '203.0.113.1', ORIGIN: 'https://auth.example' },
  ]
  for (const environment of bad) {
    const spawned = await spawnService(t, { ...database.environment, ...environment })
    assert.equal(await spawned.ended, 1, JSON.stringify(environment))
    const [variable = ''] = Object.keys(environment)
    assert.match(spawned.stderr(), new RegExp(`^Cannot start: .*${variable}\\b`))
    assert.equal(spawned.stdout(), '')
    assert.equal(spawned.stderr().includes('canary'), false)
    assert.equal(spawned.stderr().includes('    at '), false)
  }
})

test('a port that another program has is told of in words', async (t) => {
  const first = await startService()
  t.after(() => first.stop())
  const { port } = new URL(first.origin)
  const spawned = await spawnService(t, { ...database.environment, PORT: port })
  assert.equal(await spawned.ended, 1)
  assert.match(spawned.stderr(), new RegExp(`another program listens on 127.0.0.1:${port}`))
})

test('once there is an administrator no code is printed', async (t) => {
  const first = await startService({ database })
  await newAdministrator(first)
  await first.stop()
  const spawned = await spawnService(t, database.environment)
  assert.match(spawned.stderr(), /^Open \S+\n$/)
  spawned.child.kill('SIGINT')
  assert.equal(await spawned.ended, 0)
})

test('SIGTERM answers the request that is under way, takes no other, and ends with 0', async (t) => {
  const spawned = await spawnService(t, database.environment)
  const origin = spawned.origin as string
  const client = createClient(origin)
  await client.post('/api/sign-up', { email: 'ada@example.com', password })

  const body = JSON.stringify({ email: 'ada@example.com', password })
  const slow = request(`${origin}/api/sign-in`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', 'content-length': body.length },
  })
  slow.write(body.slice(0, 10))
  await once(slow, 'socket')
  // The request is under way once another one on a later connection has been answered.
  await client.get('/healthz')
  spawned.child.kill('SIGTERM')
  while ((await client.get('/readyz').catch(() => undefined)) !== undefined);
  slow.end(body.slice(10))
  const [answer] = await once(slow, 'response')
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers.connection, 'close')
  answer.resume()
  assert.equal(await spawned.ended, 0)
})

test('a second signal does not wait', async (t) => {
  const spawned = await spawnService(t, database.environment)
  const origin = spawned.origin as string
  const slow = request(`${origin}/api/sign-in`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', 'content-length': 100 },
  })
  slow.on('error', () => {})
  slow.write('{')
  await once(slow, 'socket')
  const client = createClient(origin)
  await client.get('/healthz')
  spawned.child.kill('SIGTERM')
  while ((await client.get('/readyz').catch(() => undefined)) !== undefined);
  spawned.child.kill('SIGTERM')
  assert.equal(await spawned.ended, 1)
})
