import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newAdministrator } from '../client.ts'
import {
  billing,
  type OAuthService,
  orders,
  type Registered,
  startOAuthService,
} from './oauth-service.ts'

let running: OAuthService
let mobile: Registered
let ordersService: Registered
let billingService: Registered
before(async () => {
  running = await startOAuthService()
  mobile = await running.addClient('Mobile app', '--grant', `${orders} orders:read`)
  ordersService = await running.addClient('Orders', '--confidential', '--serves', orders)
  billingService = await running.addClient('Billing', '--confidential', '--serves', billing)
})
after(() => running.stop())

async function accessToken() {
  const signedIn = await running.signIn(mobile)
  const form = { grant_type: 'refresh_token', refresh_token: signedIn.token }
  const { body } = await running.send('/oauth/token', mobile, form)
  return { ...signedIn, accessToken: body.access_token as string }
}

function introspect(token: string, by: Registered = ordersService) {
  return running.send('/oauth/introspect', by, { token })
}

const inactive = '{"active":false}'

test('a live access token: what it says, with integer times', async () => {
  const { accessToken: token, userId, sessionId } = await accessToken()
  const { status, body, headers } = await introspect(token)
  assert.equal(status, 200)
  assert.equal(headers.get('cache-control'), 'no-store')
  const { active, token_type, iss, aud, sub, client_id, sid, scope, iat, exp, auth_time } = body
  assert.deepEqual(
    { active, token_type, iss, aud, sub, client_id, sid, scope },
    {
      active: true,
      token_type: 'Bearer',
      iss: running.origin,
      aud: orders,
      sub: userId,
      client_id: mobile.id,
      sid: sessionId,
      scope: 'orders:read',
    },
  )
  for (const time of [iat, exp, auth_time]) assert.ok(Number.isInteger(time))
})

test('whatever is not active is {"active":false}, byte by byte', async () => {
  const { accessToken: token, token: refreshToken } = await accessToken()
  const dead = {
    garbage: 'x',
    'an unsigned token': `${token.slice(0, token.lastIndexOf('.'))}.`,
    'a token with another signature': `${token.slice(0, -4)}AAAA`,
    "another client's refresh token": refreshToken,
    'a token that looks like one of ours': `cloak_${'a'.repeat(70)}`,
  }
  for (const [what, shown] of Object.entries(dead)) {
    assert.equal((await introspect(shown)).text, inactive, what)
  }
  assert.equal((await introspect(token, billingService)).text, inactive, 'for another audience')
  await running.advance(301)
  assert.equal((await introspect(token)).text, inactive, 'expired')
})

test('an access token of a session that has ended is inactive at once, though it has not expired', async () => {
  const signedOut = await accessToken()
  assert.equal((await introspect(signedOut.accessToken)).body.active, true)
  await running.send('/oauth/revoke', mobile, { token: signedOut.token })
  assert.equal((await introspect(signedOut.accessToken)).text, inactive)

  const blocked = await accessToken()
  const admin = await newAdministrator(running)
  await admin.post(`/api/admin/users/${blocked.userId}/block`)
  assert.equal((await introspect(blocked.accessToken)).text, inactive)
  await admin.post(`/api/admin/users/${blocked.userId}/unblock`)
  assert.equal((await introspect(blocked.accessToken)).text, inactive, 'after the unblock, too')

  const banned = await accessToken()
  await running.sql('update users set banned = true where id = ?', banned.userId)
  assert.equal((await introspect(banned.accessToken)).text, inactive)
})

test('a client introspects a refresh token of its own, and changes nothing by that', async () => {
  const backend = await running.addClient('Back end', '--confidential', '--grant', orders)
  const { token, userId, sessionId } = await running.signIn(backend)
  for (let times = 0; times < 2; times += 1) {
    const { body } = await introspect(token, backend)
    assert.deepEqual(
      [body.active, body.sub, body.sid, body.client_id],
      [true, userId, sessionId, backend.id],
    )
    assert.ok(body.exp - body.iat === 30 * 86_400)
  }
  const form = { grant_type: 'refresh_token', refresh_token: token }
  assert.equal((await running.send('/oauth/token', backend, form)).status, 200)
  assert.equal((await introspect(token, backend)).text, inactive, 'it was replaced')
})
