import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, createClient, newUser, password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
before(async () => {
  running = await startService({ environment: { TRUST_PROXY_HOPS: '1' } })
})
after(() => running.stop())

let addresses = 0
/** From an address of its own each time, so that nothing is slowed down. */
function signIn(email: string, secret: string): Promise<Answer> {
  addresses += 1
  const from = `198.51.${100 + (addresses >> 8)}.${addresses & 0xff}`
  return createClient(running.origin, { 'x-forwarded-for': from }).post('/api/sign-in', {
    email,
    password: secret,
  })
}

/** Everything that a client can see, but the date. */
function visible({ status, headers, text }: Answer) {
  const { date, ...rest } = Object.fromEntries(headers)
  assert.notEqual(date, undefined)
  return { status, headers: rest, text }
}

const wrong = 'not the password at all'

test('unknown, wrong, blocked and banned look the same to the byte', async () => {
  const { auth } = running.service
  await newUser(running.origin, 'known@example.com', { 'x-forwarded-for': '192.0.2.1' })
  const blocked = await newUser(running.origin, 'blocked@example.com', {
    'x-forwarded-for': '192.0.2.2',
  })
  await auth.block(blocked.id)
  await newUser(running.origin, 'banned@example.com', { 'x-forwarded-for': '192.0.2.3' })
  await running.sql("update users set banned = true where email = 'banned@example.com'")

  const expected = visible(await signIn('known@example.com', wrong))
  assert.equal(expected.status, 401)
  assert.equal(JSON.parse(expected.text).code, 'invalid_credentials')
  assert.match(expected.headers['www-authenticate'] ?? '', /^Bearer/)
  for (const [email, secret] of [
    ['unknown@example.com', wrong],
    ['no address', wrong],
    ['', wrong],
    ['blocked@example.com', wrong],
    ['blocked@example.com', password],
    ['banned@example.com', wrong],
    ['banned@example.com', password],
  ] as const) {
    assert.deepEqual(visible(await signIn(email, secret)), expected, `${email} ${secret}`)
  }
})

test('unknown, wrong and blocked users are throttled alike', async () => {
  const seen: number[][] = []
  for (const email of ['known@example.com', 'unknown2@example.com', 'blocked@example.com']) {
    const client = createClient(running.origin, { 'x-forwarded-for': '203.0.113.1' })
    const statuses: number[] = []
    for (let index = 0; index < 7; index += 1) {
      const secret = email.startsWith('blocked') ? password : wrong
      statuses.push((await client.post('/api/sign-in', { email, password: secret })).status)
    }
    seen.push(statuses)
  }
  assert.deepEqual(seen[0], [401, 401, 401, 401, 401, 429, 429])
  assert.deepEqual(seen[1], seen[0])
  assert.deepEqual(seen[2], seen[0])
})

test('an unknown user costs as much time as a wrong password', async () => {
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let index = 0; index < 40; index += 1) {
    for (const who of ['known', 'unknown'] as const) {
      const email = who === 'known' ? 'known@example.com' : `nobody${index}@example.com`
      const begin = performance.now()
      await signIn(email, wrong)
      times[who].push(performance.now() - begin)
    }
  }
  const [known, unknown] = [median(times.known), median(times.unknown)]
  // Without the hash that nobody has, the unknown ones would take a tenth.
  assert.ok(unknown / known > 0.5 && known / unknown > 0.5, `${known} ms, ${unknown} ms`)
})

test('the log tells them apart', () => {
  const reasons = new Set(
    running.logged.filter(({ event }) => event === 'authn_login_fail').map(({ reason }) => reason),
  )
  assert.deepEqual([...reasons].sort(), [
    'sign_in_superseded',
    'unknown_user',
    'user_inactive',
    'wrong_password',
  ])
})

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
