import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { createClient, password } from '../client.ts'
import {
  basic,
  billing,
  claimsOf,
  type OAuthService,
  orders,
  type Registered,
  startOAuthService,
} from './oauth-service.ts'

let running: OAuthService
let second: OAuthService
let mobile: Registered
let backend: Registered
before(async () => {
  running = await startOAuthService()
  second = await startOAuthService({
    database: running.database,
    environment: { ...running.environment, ORIGIN: running.origin },
  })
  mobile = await running.addClient('Mobile app', '--grant', `${orders} orders:read`)
  backend = await running.addClient(
    'Back end',
    '--confidential',
    '--grant',
    `${orders} orders:read orders:write`,
    '--grant',
    billing,
  )
})
after(async () => {
  await second.stop()
  await running.stop()
})

function refresh(client: Registered, token: string, form: Record<string, string> = {}) {
  return running.send('/oauth/token', client, {
    grant_type: 'refresh_token',
    refresh_token: token,
    ...form,
  })
}

test('a refresh is answered as RFC 6749 §5.1 wants it, and is kept by no cache', async () => {
  const { token } = await running.signIn(mobile)
  const { status, body, headers } = await refresh(mobile, token)
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body).sort(), [
    'access_token',
    'expires_in',
    'refresh_token',
    'scope',
    'token_type',
  ])
  assert.equal(body.token_type, 'Bearer')
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('pragma'), 'no-cache')
  assert.deepEqual(headers.getSetCookie(), [])
  assert.notEqual(body.refresh_token, token)
})

test('50 parallel refreshes, on two services with one database: one new token, nobody locked out', async () => {
  const { token } = await running.signIn(mobile)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? running : second).send('/oauth/token', mobile, {
        grant_type: 'refresh_token',
        refresh_token: token,
      }),
    ),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(50).fill(200),
  )
  const tokens = new Set(answers.map(({ body }) => body.refresh_token))
  assert.equal(tokens.size, 1)
  await running.advance(31)
  assert.equal((await refresh(mobile, [...tokens][0] as string)).status, 200)
})

test('a token that was replaced long ago ends the session, and the log says whose', async () => {
  const { token, sessionId, userId } = await running.signIn(mobile)
  const next = await refresh(mobile, token)
  await running.advance(31)
  const reused = await refresh(mobile, token)
  assert.deepEqual([reused.status, reused.body.error], [400, 'invalid_grant'])
  const entry = running.logged.findLast(({ event }) => event === 'authn_token_reuse')
  assert.deepEqual(
    [entry?.session_id, entry?.user_id, entry?.client_id],
    [sessionId, userId, mobile.id],
  )
  assert.equal((await refresh(mobile, next.body.refresh_token)).body.error, 'invalid_grant')
})

test('a refresh token opens nothing else: not as bearer, not as cookie', async () => {
  const { token } = await running.signIn(mobile)
  const client = createClient(running.origin)
  const authorization = `Bearer ${token}`
  assert.equal((await client.get('/api/session', { authorization })).status, 401)
  const change = { current: password, new: 'another long passphrase' }
  assert.equal((await client.post('/api/password', change, { authorization })).status, 401)
  client.useCookie(`cloakroom-session=${token}`)
  assert.equal((await client.get('/api/session')).status, 401)
  assert.equal((await refresh(mobile, token)).status, 200)
})

test("the user sees a client's session by its name, and ends it", async () => {
  const { token, sessionId, email } = await running.signIn(mobile)
  const user = createClient(running.origin)
  await user.post('/api/sign-in', { email, password })
  const { sessions } = (await user.get('/api/sessions')).body
  const listed = sessions.find(({ id }: { id: string }) => id === sessionId)
  assert.deepEqual([listed.device, listed.clientId], ['Mobile app', mobile.id])
  assert.equal((await user.delete(`/api/sessions/${sessionId}`)).status, 204)
  assert.equal((await refresh(mobile, token)).body.error, 'invalid_grant')
})

test("another client's token is refused, and lives on", async () => {
  const { token } = await running.signIn(mobile)
  assert.equal((await refresh(backend, token, { resource: orders })).body.error, 'invalid_grant')
  assert.equal((await running.send('/oauth/revoke', backend, { token })).status, 200)
  assert.equal((await refresh(mobile, token)).status, 200)
})

test('audience and scopes: those of the client, or fewer, and never more', async () => {
  const { token } = await running.signIn(backend)
  const ask = (form: Record<string, string>) => refresh(backend, token, form)
  const errors = [
    await ask({}),
    await ask({ resource: 'https://elsewhere.example' }),
    await ask({ resource: 'constructor' }),
    await ask({ resource: orders, scope: 'orders:delete' }),
    await ask({ resource: orders, scope: 'orders:read  orders:write' }),
    await ask({ resource: billing, scope: 'orders:read' }),
  ]
  assert.deepEqual(
    errors.map(({ status, body }) => `${status} ${body.error}`),
    [
      '400 invalid_target',
      '400 invalid_target',
      '400 invalid_target',
      '400 invalid_scope',
      '400 invalid_scope',
      '400 invalid_scope',
    ],
  )
  const narrow = await ask({ resource: orders, scope: 'orders:read' })
  assert.equal(narrow.body.scope, 'orders:read')
  assert.equal(claimsOf(narrow.body.access_token).scope, 'orders:read')
  const all = await ask({ resource: orders })
  assert.equal(all.body.scope, 'orders:read orders:write')
  const none = await ask({ resource: billing })
  assert.equal('scope' in none.body, false)
  assert.equal(claimsOf(none.body.access_token).aud, billing)

  const mobileToken = (await running.signIn(mobile)).token
  const wider = await refresh(mobile, mobileToken, { scope: 'orders:write' })
  assert.equal(wider.body.error, 'invalid_scope')
  assert.equal((await refresh(mobile, mobileToken)).status, 200, 'what was refused cost no token')
})

test('a client asks for claims of its choice, and gets its own', async () => {
  const { token, userId } = await running.signIn(mobile)
  const smuggled = { sub: 'root', aud: 'x', role: 'admin', exp: '9999999999', iss: 'x', sid: 'x' }
  const { body } = await refresh(mobile, token, smuggled)
  const claims = claimsOf(body.access_token)
  assert.deepEqual(
    [claims.sub, claims.aud, claims.iss, 'role' in claims],
    [userId, orders, running.origin, false],
  )
  assert.ok((claims.exp as number) - (claims.iat as number) <= 300)
})

test('a session that ends in a minute gives a token of at most a minute', async () => {
  const { token, userId } = await running.signIn(mobile)
  const lastSeenAt = async () => Number((await running.service.auth.list(userId))[0]?.lastSeenAt)
  let last = token
  // Used every six days, it ends of its age: 30 days.
  for (let days = 0; days < 24; days += 6) {
    await running.advance(6 * 86_400)
    const before = await lastSeenAt()
    last = (await refresh(mobile, last)).body.refresh_token
    await waitUntil('the touch', async () => (await lastSeenAt()) > before)
  }
  await running.advance(6 * 86_400 - 60)
  const { status, body } = await refresh(mobile, last)
  assert.equal(status, 200)
  assert.ok(body.expires_in <= 60, `${body.expires_in} seconds`)
  await running.advance(60)
  assert.equal((await refresh(mobile, body.refresh_token)).body.error, 'invalid_grant')
})

test('a sign-in for a client: its kind, its secret, and nothing of a browser', async () => {
  const { email } = await running.signIn(mobile)
  const credentials = { email, password }
  const post = (body: object, headers = {}) =>
    createClient(running.origin).post('/api/sign-in', { ...credentials, ...body }, headers)
  const answers = [
    await post({ client_id: 'unknown' }),
    await post({ client_id: backend.id }),
    await post({ client_id: backend.id }, { authorization: basic(backend.id, 'wrong') }),
    await post({ client_id: mobile.id, transport: 'cookie' }),
    await post({ client_id: mobile.id, persistent: false }),
    await post({ client_id: mobile.id, password: 'not the password of anybody' }),
  ]
  assert.deepEqual(
    answers.map(({ status, body }) => `${status} ${body.code}`),
    [
      '401 invalid_client',
      '401 invalid_client',
      '401 invalid_client',
      '400 invalid_input',
      '400 invalid_input',
      '401 invalid_credentials',
    ],
  )
  const signedIn = await post({ client_id: mobile.id }, { origin: 'https://app.example' })
  assert.equal(signedIn.status, 200)
  assert.deepEqual(signedIn.headers.getSetCookie(), [])
  assert.equal('token' in signedIn.body, false)
})
