import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newUser } from '../client.ts'
import { claimsOf, type OAuthService, orders, startOAuthService } from './oauth-service.ts'

let running: OAuthService
before(async () => {
  running = await startOAuthService({ environment: { AUDIENCES: `${orders} orders:read` } })
})
after(() => running.stop())

const grant = { grant_type: 'urn:cloakroom:grant-type:session' }

function ask(cookie: string | undefined, headers: Record<string, string>, form = {}) {
  const all = { ...headers, ...(cookie !== undefined && { cookie }) }
  return running.send('/oauth/token', undefined, { ...grant, ...form }, all)
}

test("a page of this origin gets an access token for its user's session, and nothing is rotated", async () => {
  const user = await newUser(running.origin, 'page@example.com')
  const cookie = user.cookie()
  for (const headers of [{ origin: running.origin }, { 'sec-fetch-site': 'same-origin' }]) {
    const { status, body, headers: answered } = await ask(cookie, headers)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body).sort(), [
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ])
    assert.deepEqual(answered.getSetCookie(), [])
    const { sub, client_id, aud, scope } = claimsOf(body.access_token)
    assert.deepEqual([sub, client_id, aud, scope], [user.id, 'first-party', orders, 'orders:read'])
  }
  assert.equal((await user.get('/api/session')).status, 200)
})

test("another site's page gets none, nor does who sends no origin, though the browser sends the cookie", async () => {
  const user = await newUser(running.origin, 'victim@example.com')
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: running.origin },
    {},
  ]) {
    const { status, body, text } = await ask(user.cookie(), headers as Record<string, string>)
    assert.deepEqual([status, body.error], [400, 'invalid_request'])
    assert.equal(text.includes('access_token'), false)
  }
})

test('without a live session there is nothing to grant, and a client has no business here', async () => {
  const user = await newUser(running.origin, 'gone@example.com')
  const cookie = user.cookie()
  const own = { origin: running.origin }
  const mobile = await running.addClient('Mobile app', '--grant', orders)
  const { token } = await running.signIn(mobile)
  assert.equal((await ask(undefined, own)).body.error, 'invalid_grant')
  assert.equal((await ask(`cloakroom-session=${token}`, own)).body.error, 'invalid_grant')
  const bearer = { ...own, authorization: `Bearer ${cookie?.split('=')[1]}` }
  assert.equal((await ask(cookie, bearer)).body.error, 'invalid_request')
  assert.equal((await ask(cookie, own, { client_id: mobile.id })).body.error, 'invalid_request')
  assert.equal((await ask(cookie, own, { scope: 'orders:delete' })).body.error, 'invalid_scope')
  await user.delete('/api/session')
  assert.equal((await ask(cookie, own)).body.error, 'invalid_grant')
})
