import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { type AccessTokenVerifier, verifyAccessTokens } from 'cloakroom/access-tokens'
import { createClient, newAdministrator } from '../client.ts'
import {
  basic,
  type OAuthService,
  orders,
  type Registered,
  startOAuthService,
} from './oauth-service.ts'

const path = '/oauth/ended-sessions'

let running: OAuthService
let mobile: Registered
let service: Registered
let verifier: AccessTokenVerifier
before(async () => {
  running = await startOAuthService()
  mobile = await running.addClient('Mobile app', '--grant', orders)
  service = await running.addClient('Orders', '--confidential', '--serves', orders)
  const { body } = await createClient(running.origin).get('/.well-known/oauth-authorization-server')
  verifier = verifyAccessTokens({
    issuer: running.origin,
    audience: orders,
    revokedSessions: {
      url: body.ended_sessions_endpoint,
      authorization: basic(service.id, service.secret ?? ''),
      // The users are in the same SQLite file, and each write to them may be an end of sessions.
      whenInDoubt: 'accept',
    },
  })
})
after(async () => {
  await verifier.close()
  await running.stop()
})

async function accessToken() {
  const signedIn = await running.signIn(mobile)
  const form = { grant_type: 'refresh_token', refresh_token: signedIn.token }
  const { body } = await running.send('/oauth/token', mobile, form)
  return { ...signedIn, accessToken: body.access_token as string }
}

async function statusOf(token: string): Promise<string> {
  const verified = await verifier.verify(token)
  return verified.status === 'authenticated' ? 'live' : verified.reason
}

test('a resource service that listens refuses the token of a session that has ended, without asking', async () => {
  const revoked = await accessToken()
  const blocked = await accessToken()
  const bystander = await accessToken()
  for (const { accessToken: token } of [revoked, blocked, bystander]) {
    assert.equal(await statusOf(token), 'live')
  }
  await running.send('/oauth/revoke', mobile, { token: revoked.token })
  await waitUntil('the revocation', async () => (await statusOf(revoked.accessToken)) === 'revoked')
  const admin = await newAdministrator(running)
  await admin.post(`/api/admin/users/${blocked.userId}/block`)
  await waitUntil('the block', async () => (await statusOf(blocked.accessToken)) === 'revoked')
  assert.equal(await statusOf(bystander.accessToken), 'live')
})

test('the stream is for clients that serve an audience, and have shown that they are', async () => {
  const backend = await running.addClient('Back end', '--confidential', '--grant', orders)
  const get = (headers: Record<string, string>) => createClient(running.origin).get(path, headers)
  const answers = [
    await get({}),
    await get({ authorization: basic(service.id, 'wrong') }),
    await get({ authorization: basic(mobile.id, '') }),
    await get({ authorization: basic(backend.id, backend.secret ?? '') }),
  ]
  assert.deepEqual(
    answers.map(({ status, body }) => `${status} ${body.error}`),
    ['401 invalid_client', '401 invalid_client', '401 invalid_client', '400 unauthorized_client'],
  )
})

test('a stream does not hold up a service that stops', async () => {
  const other = await startOAuthService()
  const client = await other.addClient('Orders', '--confidential', '--serves', orders)
  const headers = { authorization: basic(client.id, client.secret ?? '') }
  const { body, status } = await fetch(other.origin + path, { headers })
  assert.equal(status, 200)
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  const first = await reader?.read()
  assert.match(first?.value ?? '', /^event: /)
  await other.stop()
  for (let chunk = first; chunk?.done === false; chunk = await reader?.read());
})
