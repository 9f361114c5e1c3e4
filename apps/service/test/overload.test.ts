import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPasswords } from '../src/accounts/passwords.ts'
import { createClient, newUser, password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
before(async () => {
  running = await startService({
    environment: { TRUST_PROXY_HOPS: '1' },
    passwords: await createPasswords({ queueLength: 20 }),
  })
})
after(() => running.stop())

test('500 log-ins at once: a bounded queue, 503 with Retry-After for the rest, and the process stays responsive', async (t) => {
  const { origin } = running
  const email = 'ada@example.com'
  const ada = await newUser(origin, email, { 'x-forwarded-for': '192.0.2.1' })
  let under = true
  const slowest = (async () => {
    let most = 0
    const anybody = createClient(origin)
    while (under) {
      const begin = performance.now()
      assert.equal((await anybody.get('/healthz')).status, 200)
      assert.equal((await ada.get('/api/session')).status, 200)
      most = Math.max(most, performance.now() - begin)
    }
    return most
  })()

  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      createClient(origin, {
        'x-forwarded-for': `198.51.${100 + (index >> 8)}.${index & 0xff}`,
      }).post('/api/sign-in', { email: `user${index}@example.com`, password }),
    ),
  )
  under = false
  const count = (status: number) => answers.filter((answer) => answer.status === status).length
  assert.equal(count(401) + count(503), 500)
  assert.ok(count(503) > 100, `${count(503)} of 500 refused`)
  assert.ok(count(401) >= 20)
  const refused = answers.find(({ status }) => status === 503)
  assert.equal(refused?.body.code, 'overloaded')
  assert.equal(refused?.headers.get('retry-after'), '2')
  // Who was turned away was not counted as guessing: three counts a guess, and one for the sign-up.
  const counted = await running.sql('select count(*) as n from throttles where failures > 0')
  assert.equal(Number(counted[0]?.n), 3 * count(401) + 1)
  t.diagnostic(`${count(401)} looked at; the slowest other request took ${await slowest} ms`)
  assert.ok((await slowest) < 2000)
})
