import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { type OAuthService, orders, startOAuthService } from './oauth-service.ts'

let running: OAuthService
before(async () => {
  running = await startOAuthService()
})
after(() => running.stop())

// The test's origin is http://localhost.
const options = { [oauth.allowInsecureRequests]: true }

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(running.origin)
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options })
  return oauth.processDiscoveryResponse(issuer, response)
}

test('a client that is not ours: discovery, refresh, the token verified, revocation', async () => {
  const server = await discover()
  const mobile = await running.addClient('Mobile app', '--grant', `${orders} orders:read`)
  const { token, sessionId, userId } = await running.signIn(mobile)
  const client: oauth.Client = { client_id: mobile.id }
  const refresh = async (refreshToken: string) =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options),
    )

  const first = await refresh(token)
  assert.equal(first.token_type, 'bearer')
  assert.equal(first.scope, 'orders:read')
  assert.ok((first.expires_in ?? 0) > 290 && (first.expires_in ?? 0) <= 300)
  const request = new Request(`${orders}/`, {
    headers: { authorization: `Bearer ${first.access_token}` },
  })
  const claims = await oauth.validateJwtAccessToken(server, request, orders, options)
  assert.deepEqual(
    [claims.sub, claims.client_id, claims.aud, claims.scope, claims.sid],
    [userId, mobile.id, orders, 'orders:read', sessionId],
  )

  const revoked = await oauth.revocationRequest(
    server,
    client,
    oauth.None(),
    first.refresh_token ?? '',
    options,
  )
  await oauth.processRevocationResponse(revoked)
  await assert.rejects(refresh(first.refresh_token ?? ''), {
    code: oauth.RESPONSE_BODY_ERROR,
    error: 'invalid_grant',
  })
})

test('a confidential client that is not ours: refresh and introspection by HTTP Basic', async () => {
  const server = await discover()
  const backend = await running.addClient('Back end', '--confidential', '--grant', orders)
  const service = await running.addClient('Orders', '--confidential', '--serves', orders)
  const { token, userId } = await running.signIn(backend)
  const client: oauth.Client = { client_id: backend.id }
  const answer = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.ClientSecretBasic(backend.secret ?? ''),
      token,
      options,
    ),
  )
  const introspect = async (shown: string) => {
    const resource: oauth.Client = { client_id: service.id }
    const secret = oauth.ClientSecretBasic(service.secret ?? '')
    return oauth.processIntrospectionResponse(
      server,
      resource,
      await oauth.introspectionRequest(server, resource, secret, shown, options),
    )
  }
  const { active, sub, client_id } = await introspect(answer.access_token)
  assert.deepEqual([active, sub, client_id], [true, userId, backend.id])
  assert.deepEqual(await introspect(answer.refresh_token ?? ''), { active: false })

  await assert.rejects(
    oauth
      .refreshTokenGrantRequest(server, client, oauth.ClientSecretBasic('wrong'), token, options)
      .then((response) => oauth.processRefreshTokenResponse(server, client, response)),
    { code: oauth.WWW_AUTHENTICATE_CHALLENGE },
  )
})
