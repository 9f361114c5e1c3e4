import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient, newUser, password } from './client.ts'
import { newDatabase } from './new-database.ts'
import { spawnService } from './spawn-service.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
before(async () => {
  running = await startService({ environment: { TRUST_PROXY_HOPS: '1' } })
})
after(() => running.stop())

/** Somebody at this address. */
const at = (ip: string) => createClient(running.origin, { 'x-forwarded-for': ip })
const wrong = 'not the password at all'

test('200 guesses at once at two processes on one database: five are looked at', async (t) => {
  const { environment, remove } = await newDatabase()
  t.after(remove)
  const processes = await Promise.all([spawnService(t, environment), spawnService(t, environment)])
  const clients = processes.map(({ origin }) => createClient(origin as string))
  const email = 'victim@example.com'
  await clients[0]?.post('/api/sign-up', { email, password })
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      clients[index % 2]?.post('/api/sign-in', { email, password: `${wrong} ${index}` }),
    ),
  )
  const codes = answers.map((answer) => answer?.body.code)
  assert.equal(codes.filter((code) => code === 'invalid_credentials').length, 5)
  // Where each decision takes several messages to a server, the queue fills up meanwhile.
  const refused = codes.filter((code) => code === 'throttled' || code === 'overloaded')
  assert.equal(refused.length, 195)
  for (const { child } of processes) child.kill('SIGTERM')
  assert.deepEqual(await Promise.all(processes.map(({ ended }) => ended)), [0, 0])
})

test('a throttled sign-in says how long to wait, and the right password does not help before', async () => {
  const email = 'grace@example.com'
  await newUser(running.origin, email, { 'x-forwarded-for': '192.0.2.10' })
  const attacker = at('198.51.100.1')
  for (let index = 0; index < 5; index += 1) {
    const answer = await attacker.post('/api/sign-in', { email, password: wrong })
    assert.equal(answer.status, 401)
  }
  const throttled = await attacker.post('/api/sign-in', { email, password })
  assert.equal(throttled.status, 429)
  assert.equal(throttled.body.code, 'throttled')
  assert.equal(throttled.headers.get('retry-after'), '10')
  await running.advance(10)
  assert.equal((await attacker.post('/api/sign-in', { email, password })).status, 200)
})

test('whoever guesses at an account locks its owner out neither at home nor elsewhere', async () => {
  const email = 'ada@example.com'
  const home = await newUser(running.origin, email, { 'x-forwarded-for': '192.0.2.20' })
  const guessFrom = (ip: string) => at(ip).post('/api/sign-in', { email, password: wrong })
  for (let index = 0; index < 100; index += 1) {
    assert.equal((await guessFrom(`198.51.101.${index}`)).status, 401)
  }
  assert.equal((await guessFrom('198.51.101.200')).status, 429)

  const onTheRoad = at('203.0.113.20')
  const first = await onTheRoad.post('/api/sign-in', { email, password })
  assert.equal(first.status, 429)
  assert.equal(first.headers.get('retry-after'), '30')
  // At home there is nothing to wait for, not even for a wrong password.
  assert.equal((await home.post('/api/sign-in', { email, password: wrong })).status, 401)
  await running.advance(30)
  for (let index = 0; index < 20; index += 1) await guessFrom(`198.51.102.${index}`)
  assert.equal((await onTheRoad.post('/api/sign-in', { email, password })).status, 200)
  assert.equal((await home.post('/api/sign-in', { email, password })).status, 200)
})

test('sign-in, step-up and password change share one count', async () => {
  const email = 'joan@example.com'
  const joan = await newUser(running.origin, email, { 'x-forwarded-for': '192.0.2.30' })
  assert.equal((await joan.post('/api/step-up', { password: wrong })).status, 401)
  assert.equal((await joan.post('/api/step-up', { password: wrong })).status, 401)
  const change = { current: wrong, new: 'another long passphrase' }
  assert.equal((await joan.post('/api/password', change)).status, 401)
  assert.equal((await joan.post('/api/password', change)).status, 401)
  assert.equal((await joan.post('/api/sign-in', { email, password: wrong })).status, 401)
  for (const [path, body] of [
    ['/api/step-up', { password }],
    ['/api/password', { ...change, current: password }],
    ['/api/sign-in', { email, password }],
  ] as const) {
    assert.equal((await joan.post(path, body)).status, 429, path)
  }
  // What is throttled is guessing, not the session.
  assert.equal((await joan.get('/api/session')).status, 200)
})

test('sign-up is slowed down for each address', async () => {
  const eve = at('198.51.100.40')
  const answers: number[] = []
  for (let index = 0; index < 21; index += 1) {
    answers.push((await eve.post('/api/sign-up', { email: 'no address', password })).status)
  }
  assert.deepEqual(answers, [...new Array(20).fill(422), 429])
  const other = await at('198.51.100.41').post('/api/sign-up', { email: 'no address', password })
  assert.equal(other.status, 422)
})

test('guessing the setup code is slowed down, from wherever and by whomever', async () => {
  const mallory = await newUser(running.origin, 'mallory@example.com', {
    'x-forwarded-for': '198.51.100.50',
  })
  for (let index = 0; index < 5; index += 1) {
    assert.equal((await mallory.post('/api/setup', { code: `guess ${index}` })).status, 403)
  }
  assert.equal((await mallory.post('/api/setup', { code: 'guess' })).status, 429)
})

test('a forwarded address is believed only from as many proxies as are trusted', async (t) => {
  const plain = await startService()
  t.after(() => plain.stop())
  for (let index = 0; index < 5; index += 1) {
    const liar = createClient(plain.origin, { 'x-forwarded-for': `198.51.100.${index}` })
    await liar.post('/api/sign-in', { email: 'ada@example.com', password: wrong })
  }
  const liar = createClient(plain.origin, { 'x-forwarded-for': '198.51.100.99' })
  const answer = await liar.post('/api/sign-in', { email: 'ada@example.com', password: wrong })
  assert.equal(answer.status, 429)
})
