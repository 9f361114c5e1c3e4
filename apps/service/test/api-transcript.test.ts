import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient, password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
before(async () => {
  running = await startService()
})
after(() => running.stop())

const email = 'ada@example.com'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const token = /^cloak_[\w-]{64}[0-9A-Za-z]{6}$/

test('sign up, sign in, look, sign out, and the old cookie opens nothing', async () => {
  const ada = createClient(running.origin, { 'user-agent': 'curl/8.9.1' })

  const signedUp = await ada.post('/api/sign-up', { email, password })
  assert.equal(signedUp.status, 201)
  assert.match(signedUp.body.user.id, uuid)
  assert.deepEqual(signedUp.body, { user: { id: signedUp.body.user.id, email, admin: false } })
  assert.deepEqual(signedUp.headers.getSetCookie(), [])

  const signedIn = await ada.post('/api/sign-in', { email, password })
  assert.equal(signedIn.status, 200)
  const { session } = signedIn.body
  assert.deepEqual(Object.keys(session).sort(), [
    'createdAt',
    'current',
    'device',
    'expiresAt',
    'id',
    'impersonatorId',
    'ip',
    'lastSeenAt',
    'methods',
    'persistent',
  ])
  assert.match(session.id, uuid)
  for (const at of ['createdAt', 'lastSeenAt', 'expiresAt']) assert.match(session[at], time)
  assert.deepEqual(session.methods, ['pwd'])
  assert.equal(session.ip, '127.0.0.1')
  assert.equal(session.device, 'curl/8.9.1')
  assert.equal(session.impersonatorId, null)
  assert.equal(session.current, true)
  const [setCookie = ''] = signedIn.headers.getSetCookie()
  assert.match(
    setCookie,
    /^cloakroom-session=cloak_\S{70}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
  )
  assert.equal(signedIn.text.includes('cloak_'), false)

  const shown = await ada.get('/api/session')
  assert.equal(shown.status, 200)
  assert.deepEqual(shown.body, signedIn.body)

  const listed = await ada.get('/api/sessions')
  assert.equal(listed.status, 200)
  assert.deepEqual(listed.body, { sessions: [session] })

  const old = ada.cookie()
  const signedOut = await ada.delete('/api/session')
  assert.equal(signedOut.status, 204)
  assert.equal(signedOut.text, '')
  assert.equal(signedOut.headers.get('content-type'), null)
  assert.equal(signedOut.headers.get('clear-site-data'), '"cache", "storage"')
  assert.equal(
    signedOut.headers.getSetCookie()[0],
    'cloakroom-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
  )
  assert.equal(ada.cookie(), undefined)

  ada.useCookie(old)
  const replayed = await ada.get('/api/session')
  assert.equal(replayed.status, 401)
  assert.equal(replayed.body.code, 'not_authenticated')
  assert.equal(replayed.headers.get('content-type'), 'application/problem+json')
  assert.match(replayed.headers.get('www-authenticate') ?? '', /^Bearer/)
})

test('with the transport bearer the token is in the body, and no cookie is read or set', async () => {
  const bob = createClient(running.origin)
  bob.useCookie('cloakroom-session=one; cloakroom-session=two')
  const credentials = { email, password, transport: 'bearer' }
  const signedIn = await bob.post('/api/sign-in', credentials, { origin: 'https://evil.example' })
  assert.equal(signedIn.status, 200)
  assert.match(signedIn.body.token, token)
  assert.deepEqual(signedIn.headers.getSetCookie(), [])
  bob.useCookie(undefined)

  const authorization = `Bearer ${signedIn.body.token}`
  const shown = await bob.get('/api/session', { authorization })
  assert.equal(shown.status, 200)
  assert.equal(shown.text.includes('cloak_'), false)

  const steppedUp = await bob.post('/api/step-up', { password }, { authorization })
  assert.equal(steppedUp.status, 200)
  assert.match(steppedUp.body.token, token)
  assert.deepEqual(steppedUp.headers.getSetCookie(), [])
  assert.equal((await bob.get('/api/session', { authorization })).status, 401)

  const renewed = { authorization: `Bearer ${steppedUp.body.token}` }
  const signedOut = await bob.send('DELETE', '/api/session', { headers: renewed })
  assert.equal(signedOut.status, 204)
  assert.deepEqual(signedOut.headers.getSetCookie(), [])
  assert.equal((await bob.get('/api/session', renewed)).status, 401)
})

test('a step-up by cookie sets a new cookie, and the old one is dead', async () => {
  const ada = createClient(running.origin)
  await ada.post('/api/sign-in', { email, password })
  const old = ada.cookie()
  const steppedUp = await ada.post('/api/step-up', { password })
  assert.equal(steppedUp.status, 200)
  assert.equal('token' in steppedUp.body, false)
  assert.notEqual(ada.cookie(), old)
  assert.equal((await ada.get('/api/session')).status, 200)
  ada.useCookie(old)
  assert.equal((await ada.get('/api/session')).status, 401)
})

test('persistent: false makes a cookie without Max-Age', async () => {
  const ada = createClient(running.origin)
  const signedIn = await ada.post('/api/sign-in', { email, password, persistent: false })
  assert.equal(signedIn.body.session.persistent, false)
  assert.match(signedIn.headers.getSetCookie()[0] ?? '', /SameSite=Lax$/)
})

test('one of the own sessions is ended by its id, and all others at once', async () => {
  const [here, second, third] = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = createClient(running.origin)
      const { body } = await client.post('/api/sign-in', { email, password })
      return Object.assign(client, { sessionId: body.session.id as string })
    }),
  )
  assert.ok(here && second && third)
  assert.equal((await here.delete(`/api/sessions/${second.sessionId}`)).status, 204)
  assert.equal((await second.get('/api/session')).status, 401)
  assert.equal((await here.delete(`/api/sessions/${second.sessionId}`)).status, 404)

  const others = await here.delete('/api/sessions')
  assert.equal(others.status, 200)
  assert.ok(others.body.revoked.includes(third.sessionId))
  assert.equal(others.body.revoked.includes(here.sessionId), false)
  assert.equal((await third.get('/api/session')).status, 401)
  assert.equal((await here.get('/api/sessions')).body.sessions.length, 1)
})

test('ending the current session by its id is a sign-out', async () => {
  const ada = createClient(running.origin)
  const { body } = await ada.post('/api/sign-in', { email, password })
  const ended = await ada.delete(`/api/sessions/${body.session.id}`)
  assert.equal(ended.status, 204)
  assert.match(ended.headers.getSetCookie()[0] ?? '', /^cloakroom-session=;.*Max-Age=0$/)
  assert.equal(ada.cookie(), undefined)
})

test('a password change ends the other sessions, renews this one, and the new password works', async () => {
  const email = 'grace@example.com'
  const next = 'another long passphrase'
  const here = createClient(running.origin)
  const other = createClient(running.origin)
  await here.post('/api/sign-up', { email, password })
  await here.post('/api/sign-in', { email, password })
  await other.post('/api/sign-in', { email, password })
  const old = here.cookie()

  const changed = await here.post('/api/password', { current: password, new: next })
  assert.equal(changed.status, 200)
  assert.notEqual(here.cookie(), old)
  assert.equal((await here.get('/api/session')).status, 200)
  assert.equal((await other.get('/api/session')).status, 401)
  here.useCookie(old)
  assert.equal((await here.get('/api/session')).status, 401)

  assert.equal((await other.post('/api/sign-in', { email, password })).status, 401)
  assert.equal((await other.post('/api/sign-in', { email, password: next })).status, 200)
})

test('a password change can keep the other sessions', async () => {
  const email = 'joan@example.com'
  const here = createClient(running.origin)
  const other = createClient(running.origin)
  await here.post('/api/sign-up', { email, password })
  await here.post('/api/sign-in', { email, password })
  await other.post('/api/sign-in', { email, password })
  const change = { current: password, new: 'another long passphrase', keepOthers: true }
  assert.equal((await here.post('/api/password', change)).status, 200)
  assert.equal((await other.get('/api/session')).status, 200)
})

test('the process is alive, and ready', async () => {
  const { origin } = running
  const anybody = createClient(origin)
  const [alive, ready] = await Promise.all([anybody.get('/healthz'), anybody.get('/readyz')])
  assert.deepEqual([alive.status, alive.body], [200, { status: 'ok' }])
  assert.deepEqual([ready.status, ready.body], [200, { status: 'ready' }])
})
