import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { PrivateServer } from '@cloakroom/test-servers'
import { createClient, newUser, password } from './client.ts'
import { newDatabase, type TestServers } from './new-database.ts'
import { startService } from './start-service.ts'

const email = 'ada@example.com'

/** Above all time limits of the service together. */
const patienceMs = 30_000

/** What the service does while `server`, which it needs, is down, or does not answer. */
export function testOutage(server: PrivateServer, servers: TestServers): void {
  const { name } = server.server

  test(`${name} killed under load: 503 and nothing else, until it is back, and then as before`, async (t) => {
    const database = await newDatabase(servers)
    const running = await startService({ database })
    t.after(async () => {
      await running.stop()
      await database.remove()
    })
    const { origin } = running
    const ada = await newUser(origin, email)
    const seen = { verified: new Set<number>(), counted: new Set<number>() }
    let isOver = false
    const load = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const [verified, counted] = await Promise.all([
          ada.get('/api/session'),
          // A transaction, and nothing else.
          createClient(origin).post('/api/sign-up', { email: 'no address', password }),
        ])
        assert.deepEqual(verified.headers.getSetCookie(), [])
        seen.verified.add(verified.status)
        seen.counted.add(counted.status)
        await delay(5)
      }
    })

    while (!seen.counted.has(429)) await delay(5)
    await server.kill()
    const down = [
      await ada.get('/api/session'),
      await ada.get('/account'),
      await ada.delete('/api/session'),
      await createClient(origin).post('/api/sign-in', { email, password }),
    ]
    for (const [index, answer] of down.entries()) {
      assert.equal(answer.status, 503, `${index}`)
      assert.equal(answer.headers.get('retry-after'), '5')
      assert.deepEqual(answer.headers.getSetCookie(), [])
    }
    assert.equal((await ada.get('/readyz')).status, 503)
    assert.equal((await ada.get('/healthz')).status, 200)

    await server.restart()
    await untilReady(origin)
    isOver = true
    await Promise.all(load)
    assert.deepEqual([...seen.verified].sort(), [200, 503])
    for (const status of seen.counted) assert.ok([422, 429, 503].includes(status), `${status}`)
    assert.equal((await ada.get('/api/session')).status, 200)
    assert.equal((await ada.post('/api/sign-in', { email, password })).status, 200)

    const failures = running.logged.filter(({ event }) => event === 'sys_crash')
    assert.ok(failures.length >= down.length)
    assert.equal(JSON.stringify(running.logged).includes(passwordOf(server)), false)
  })

  test(`${name} stopped in the middle: no request waits for ever, and it goes on when it does`, async (t) => {
    const database = await newDatabase(servers)
    const running = await startService({ database })
    t.after(async () => {
      await running.stop()
      await database.remove()
    })
    const ada = await newUser(running.origin, email)
    t.after(() => server.resume())
    server.pause()
    const begin = performance.now()
    const answers = await Promise.all([
      // More than there are connections.
      ...Array.from({ length: 20 }, () => ada.get('/api/session')),
      createClient(running.origin).post('/api/sign-in', { email, password }),
      ada.get('/readyz'),
    ])
    assert.ok(performance.now() - begin < patienceMs)
    for (const answer of answers) assert.equal(answer.status, 503)
    server.resume()
    await untilReady(running.origin)
    assert.equal((await ada.get('/api/session')).status, 200)
    assert.equal((await ada.post('/api/sign-in', { email, password })).status, 200)
  })
}

async function untilReady(origin: string): Promise<void> {
  const deadline = performance.now() + patienceMs
  while ((await createClient(origin).get('/readyz')).status !== 200) {
    assert.ok(performance.now() < deadline, 'it did not recover')
    await delay(50)
  }
}

function passwordOf({ url }: PrivateServer): string {
  return new URL(url).password || 'none'
}
