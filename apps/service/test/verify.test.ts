import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { verifyAccessTokens } from 'cloakroom/access-tokens'
import { type Client, createClient, newAdministrator, newUser, password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

const get = { 'x-forwarded-method': 'GET' }
const identity = ['x-auth-user-id', 'x-auth-session-id', 'x-auth-email']
const email = 'ada+lovelace@example.com'

let running: TestService
let admin: Client
let ada: Client & { readonly id: string }
before(async () => {
  running = await startService()
  admin = await newAdministrator(running)
  ada = await newUser(running.origin, email)
})
beforeEach(() => ada.post('/api/sign-in', { email, password }))
after(() => running.stop())

test('who is signed in passes, with all that an application must know, and nothing of the token', async () => {
  const { id } = (await ada.get('/api/session')).body.session
  const answer = await ada.get('/verify', get)
  assert.equal(answer.status, 200)
  assert.equal(answer.text, '')
  assert.deepEqual(
    identity.map((name) => answer.headers.get(name)),
    [ada.id, id, ''],
  )
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const token = ada.cookie()?.split('=')[1] as string
  assert.equal(JSON.stringify([...answer.headers]).includes(token), false)
})

test('an address is told only once somebody has made sure of it, and percent-encoded', async () => {
  const setVerified = (value: boolean) =>
    running.sql(`update users set email_verified = ${value} where email = ?`, email)
  await setVerified(true)
  const answer = await ada.get('/verify', get)
  assert.equal(answer.headers.get('x-auth-email'), 'ada%2Blovelace%40example.com')
  await setVerified(false)
  assert.equal((await ada.get('/verify', get)).headers.get('x-auth-email'), '')
})

test('a bearer token will do, and is refused beside a cookie', async () => {
  const bearer = { email, password, transport: 'bearer' }
  const { body } = await createClient(running.origin).post('/api/sign-in', bearer)
  const authorization = `Bearer ${body.token}`
  const program = createClient(running.origin)
  assert.equal((await program.get('/verify', { authorization })).status, 200)
  const both = await ada.get('/verify', { ...get, authorization })
  assert.deepEqual([both.status, both.body.code], [403, 'ambiguous_credentials'])
  const broken = await program.get('/verify', { ...get, authorization: 'Bearer a b' })
  assert.deepEqual([broken.status, broken.body.code], [403, 'malformed_authorization'])
})

test('whoever is nobody gets 401, no identity, no cookie and no session', async () => {
  const stranger = createClient(running.origin)
  const sessions = 'select count(*) as n from cloakroom_sessions'
  const before = await running.sql(sessions)
  for (const cookie of [undefined, 'cloakroom-session=', 'cloakroom-session=nonsense']) {
    stranger.useCookie(cookie)
    const answer = await stranger.get('/verify', { ...get, 'x-auth-user-id': ada.id })
    assert.equal(answer.status, 401)
    assert.ok(answer.headers.has('www-authenticate'))
    assert.deepEqual(answer.headers.getSetCookie(), [])
    for (const name of identity) assert.equal(answer.headers.has(name), false, name)
  }
  assert.deepEqual(await running.sql(sessions), before)
})

test('the identity that a client writes itself is not looked at', async () => {
  const claimed = Object.fromEntries(identity.map((name) => [name, 'admin']))
  const answer = await ada.get('/verify', { ...get, ...claimed })
  assert.equal(answer.headers.get('x-auth-user-id'), ada.id)
  assert.equal(answer.headers.get('x-auth-email'), '')
})

test('another site’s page changes nothing through a proxy: the method is that of its own request', async () => {
  const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const unsafe = ['POST', 'PUT', 'DELETE', 'QUERY', 'get', '', 'GET, POST', 'GET, GET']
  for (const method of unsafe) {
    const forwarded = { 'x-forwarded-method': method }
    const refused = await ada.get('/verify', { ...forwarded, ...evil })
    assert.deepEqual([refused.status, refused.body.code], [403, 'cross_site'], method)
    assert.equal(refused.headers.has('x-auth-user-id'), false)
    const own = { ...forwarded, 'sec-fetch-site': 'same-origin' }
    assert.equal((await ada.get('/verify', own)).status, 200, method)
  }
  assert.equal((await ada.get('/verify', { ...get, ...evil })).status, 200)
})

test('a proxy that does not say the method has it taken for an unsafe one', async () => {
  const refused = await ada.get('/verify')
  assert.deepEqual([refused.status, refused.body.code], [403, 'cross_site'])
  const own = { origin: running.origin }
  assert.equal((await ada.get('/verify', own)).status, 200)
})

test('a WebSocket is a GET, and yet none that another site’s page may open', async () => {
  const upgrade = { ...get, upgrade: 'websocket' }
  const evil = { origin: 'https://evil.example' }
  // `fetch` sends no Upgrade.
  assert.equal((await handshake({ ...upgrade, ...evil })).status, 403)
  assert.equal((await handshake({ ...upgrade, origin: running.origin })).status, 200)
})

test('log-out, a block and a ban are effective on the next request', async () => {
  assert.equal((await ada.get('/verify', get)).status, 200)
  const copy = ada.cookie()
  await ada.delete('/api/session')
  ada.useCookie(copy)
  assert.equal((await ada.get('/verify', get)).status, 401)

  await ada.post('/api/sign-in', { email, password })
  assert.equal((await ada.get('/verify', get)).status, 200)
  assert.equal((await admin.post(`/api/admin/users/${ada.id}/block`)).status, 204)
  assert.equal((await ada.get('/verify', get)).status, 401)
  await admin.post(`/api/admin/users/${ada.id}/unblock`)

  await ada.post('/api/sign-in', { email, password })
  assert.equal((await ada.get('/verify', get)).status, 200)
  await running.sql('update users set banned = true where email = ?', email)
  assert.equal((await ada.get('/verify', get)).status, 401)
  await running.sql('update users set banned = false where email = ?', email)
})

test('a cookie that is shared by a whole domain says so in its name', async (t) => {
  const shared = await startService({
    environment: {
      ORIGIN: 'https://auth.app.example',
      DANGEROUSLY_SHARED_COOKIE_DOMAIN: 'app.example',
    },
  })
  t.after(() => shared.stop())
  const client = createClient(shared.listensOn, { 'sec-fetch-site': 'same-origin' })
  await client.post('/api/sign-up', { email, password })
  const { headers } = await client.post('/api/sign-in', { email, password })
  assert.match(
    headers.getSetCookie()[0] ?? '',
    /^__Secure-session=.*; Domain=app\.example; Secure;/,
  )
  assert.equal((await client.get('/verify', get)).status, 200)
})

test('a proxy that names an audience gets an access token for what the application calls', async (t) => {
  const audience = 'https://orders.example'
  const issuing = await startService({ environment: { AUDIENCES: `${audience} orders:read` } })
  t.after(() => issuing.stop())
  const client = await newUser(issuing.origin, email)
  const answer = await client.get(`/verify?audience=${audience}`, get)
  assert.equal(answer.status, 200)
  const verifier = verifyAccessTokens({ issuer: issuing.origin, audience, userIdType: 'uuid' })
  const token = answer.headers.get('x-auth-access-token') ?? undefined
  const verified = await verifier.verify(token, { scopes: ['orders:read'] })
  assert.equal(verified.status === 'authenticated' && verified.identity.userId, client.id)
  assert.equal((await client.get('/verify', get)).headers.has('x-auth-access-token'), false)

  // A recipe with a mistake in it lets nobody in.
  assert.equal((await client.get('/verify?audience=https://x.example', get)).status, 400)
  assert.equal((await client.get('/verify?audience=constructor', get)).status, 400)
  assert.equal((await ada.get(`/verify?audience=${audience}`, get)).status, 400)
  const stranger = createClient(issuing.origin)
  const refused = await stranger.get(`/verify?audience=${audience}`, get)
  assert.deepEqual([refused.status, refused.headers.has('x-auth-access-token')], [401, false])
})

async function handshake(headers: Record<string, string>): Promise<{ status: number }> {
  const cookie = ada.cookie() as string
  return new Promise((resolve, reject) => {
    const sending = request(`${running.origin}/verify`, {
      headers: { ...headers, cookie, connection: 'Upgrade' },
    })
    sending.on('response', (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0 })
    })
    sending.on('error', reject)
    sending.end()
  })
}
