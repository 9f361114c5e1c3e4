import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient } from '../client.ts'
import { startService } from '../start-service.ts'
import {
  basic,
  billing,
  type OAuthService,
  orders,
  type Registered,
  startOAuthService,
} from './oauth-service.ts'

let running: OAuthService
let mobile: Registered
let backend: Registered
let other: Registered
before(async () => {
  running = await startOAuthService()
  mobile = await running.addClient('Mobile app', '--grant', orders)
  backend = await running.addClient('Back end', '--confidential', '--grant', orders)
  other = await running.addClient('Other', '--confidential', '--grant', orders)
})
after(() => running.stop())

const posts = ['/oauth/token', '/oauth/introspect', '/oauth/revoke']

function post(path: string, body: string, headers: Record<string, string> = {}) {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  return createClient(running.origin).send('POST', path, { headers: { ...form, ...headers }, body })
}

test('malformed requests are invalid_request: other types of body, parameters twice or in the address', async () => {
  const authorization = basic(backend.id, backend.secret ?? '')
  const form = `client_id=${mobile.id}&grant_type=refresh_token&refresh_token=x&token=x`
  for (const path of posts) {
    const answers = [
      await post(path, JSON.stringify({ token: 'x' }), { 'content-type': 'application/json' }),
      await post(path, form, { 'content-type': 'text/plain' }),
      await post(path, form, { 'content-type': 'multipart/form-data; boundary=x' }),
      await post(path, `${form}&token=x`),
      await post(path, `${form}&client_id=${mobile.id}`),
      await post(path, `${form}&scope=a&scope=b`),
      await post(`${path}?client_id=${mobile.id}`, form),
      await post(`${path}?client_secret=${backend.secret}`, form),
      await post(path, `client_secret=${backend.secret}&client_id=${backend.id}&token=x`),
      await post(path, `client_id=${mobile.id}&token=x&refresh_token=x&grant_type=refresh_token`, {
        authorization,
      }),
      await post(path, 'token=&refresh_token=&grant_type=', { authorization }),
    ]
    for (const [index, { status, body, headers }] of answers.entries()) {
      assert.deepEqual([status, body.error], [400, 'invalid_request'], `${path} ${index}`)
      assert.match(headers.get('content-type') ?? '', /^application\/json/)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('pragma'), 'no-cache')
      assert.equal(JSON.stringify(body).includes(backend.secret ?? ''), false)
    }
  }
})

test('who a client is: no, unknown, wrong and other credentials are invalid_client, with a challenge', async () => {
  const secret = backend.secret ?? ''
  const grant = 'grant_type=refresh_token&refresh_token=x&token=x'
  for (const path of posts) {
    const answers = [
      await post(path, grant),
      await post(path, `${grant}&client_id=nobody`),
      await post(path, `${grant}&client_id=${backend.id}`),
      await post(path, grant, { authorization: basic(backend.id, 'wrong') }),
      await post(path, grant, { authorization: basic(backend.id, '') }),
      await post(path, grant, { authorization: basic(backend.id, other.secret ?? '') }),
      await post(path, grant, { authorization: basic(mobile.id, '') }),
      await post(path, grant, { authorization: basic('__proto__', secret) }),
      await post(path, grant, { authorization: basic("' or 1=1 --", secret) }),
      await post(path, grant, { authorization: basic(`${backend.id}\0`, secret) }),
      await post(path, grant, { authorization: basic(backend.id, `${secret}%`) }),
      await post(path, grant, { authorization: `Basic ${secret}` }),
      await post(path, grant, { authorization: `Bearer ${secret}` }),
    ]
    for (const [index, { status, body, headers }] of answers.entries()) {
      assert.deepEqual([status, body.error], [401, 'invalid_client'], `${path} ${index}`)
      assert.match(headers.get('www-authenticate') ?? '', /^Basic realm="/)
      assert.equal(headers.get('cache-control'), 'no-store')
    }
    await running.advance(86_400)
  }
})

test('no other grant: password, client credentials, implicit, code, and names of JavaScript', async () => {
  for (const type of [
    'password',
    'client_credentials',
    'authorization_code',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'constructor',
    'REFRESH_TOKEN',
  ]) {
    for (const client of [mobile, backend]) {
      const form = { grant_type: type, username: 'a', password: 'b', code: 'c' }
      const { status, body } = await running.send('/oauth/token', client, form)
      assert.deepEqual([status, body.error], [400, 'unsupported_grant_type'], type)
    }
  }
})

test('guessing secrets is slowed down, and keeps the client itself waiting for nothing', async () => {
  const guess = () =>
    running.send('/oauth/token', { ...backend, secret: 'x' }, { grant_type: 'refresh_token' })
  const statuses: number[] = []
  for (let count = 0; count < 22; count += 1) statuses.push((await guess()).status)
  assert.deepEqual(new Set(statuses), new Set([401, 429]))
  assert.ok(Number((await guess()).headers.get('retry-after')) > 0)
  const { token } = await running.signIn(backend)
  const form = { grant_type: 'refresh_token', refresh_token: token }
  assert.equal((await running.send('/oauth/token', backend, form)).status, 200)
  assert.ok(
    running.logged.some(
      ({ event, action }) => event === 'excess_rate_limit_exceeded' && action === 'client',
    ),
  )
  await running.advance(86_400)
})

test('two secrets are valid while one is replaced, and then one', async () => {
  const { token } = await running.signIn(other)
  const revoke = async (secret: string | undefined) =>
    (await running.send('/oauth/revoke', { ...other, secret }, { token: 'x' })).status
  const [, renewed] =
    /CLIENT_SECRET=(\S+)/.exec(await running.clients('renew-secret', other.id)) ?? []
  assert.deepEqual([await revoke(other.secret), await revoke(renewed)], [200, 200])
  assert.match(await running.clients('list'), /Other\n {2}confidential, two secrets/)
  await running.clients('drop-old-secret', other.id)
  assert.deepEqual([await revoke(other.secret), await revoke(renewed)], [401, 200])
  await running.clients('remove', other.id)
  assert.equal(await revoke(renewed), 401)
  const form = { grant_type: 'refresh_token', refresh_token: token }
  assert.equal(
    (await running.send('/oauth/token', { ...other, secret: renewed }, form)).status,
    401,
  )
  const audit = await running.sql('select action, actor_id from audit_log')
  assert.ok(audit.some(({ action, actor_id }) => action === 'client_removed' && actor_id === null))
})

test('revocation: unknown, malformed and dead tokens are 200; an access token is not revoked', async () => {
  const { token } = await running.signIn(mobile)
  const revoke = (shown: string, hint = {}) =>
    running.send('/oauth/revoke', mobile, { token: shown, ...hint })
  for (const nothing of ['x', `cloak_${'a'.repeat(70)}`, ' ', '{}', token.slice(0, -1)]) {
    const { status, text } = await revoke(nothing, { token_type_hint: 'nonsense' })
    assert.deepEqual([status, text], [200, ''])
  }
  const form = { grant_type: 'refresh_token', refresh_token: token }
  const { body } = await running.send('/oauth/token', mobile, form)
  assert.equal((await revoke(body.access_token)).body.error, 'unsupported_token_type')
  for (const each of [body.refresh_token, body.refresh_token]) {
    const { status, text } = await revoke(each, { token_type_hint: 'access_token' })
    assert.deepEqual([status, text], [200, ''])
  }
  assert.equal((await running.send('/oauth/token', mobile, form)).body.error, 'invalid_grant')
})

test('the metadata tells the truth: every endpoint is there, every method of authentication works', async () => {
  const client = createClient(running.origin)
  const { body, headers } = await client.get('/.well-known/oauth-authorization-server')
  assert.equal(body.issuer, running.origin)
  assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/)
  for (const name of ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
    const { pathname, origin } = new URL(body[name])
    assert.equal(origin, running.origin)
    assert.equal((await client.get(pathname)).status, 405, name)
    assert.equal((await client.send('POST', pathname)).status, 400, name)
  }
  assert.deepEqual(body.grant_types_supported, [
    'refresh_token',
    'urn:cloakroom:grant-type:session',
  ])
  assert.deepEqual(body.response_types_supported, [])
  assert.deepEqual(body.scopes_supported, ['orders:read', 'orders:write'])
  for (const absent of ['authorization_endpoint', 'registration_endpoint']) {
    assert.equal(absent in body, false)
  }
  assert.deepEqual(body.token_endpoint_auth_methods_supported, ['client_secret_basic', 'none'])
  assert.deepEqual(body.introspection_endpoint_auth_methods_supported, ['client_secret_basic'])
  assert.equal((await running.send('/oauth/introspect', mobile, { token: 'x' })).status, 401)
  assert.equal((await running.send('/oauth/introspect', backend, { token: 'x' })).status, 200)

  const keys = await client.get(new URL(body.jwks_uri).pathname)
  assert.equal(keys.headers.get('content-type'), 'application/jwk-set+json')
  assert.match(keys.headers.get('cache-control') ?? '', /^public, max-age=60$/)
  assert.ok(keys.body.keys.length > 0)
  for (const key of keys.body.keys) {
    assert.deepEqual([key.kty, key.use, key.alg], ['EC', 'sig', 'ES256'])
    for (const secret of ['d', 'p', 'q', 'k', 'dp', 'dq', 'qi']) assert.equal(secret in key, false)
  }
})

test('where the service is told of no audience there is no OAuth at all', async (t) => {
  const plain = await startService()
  t.after(() => plain.stop())
  const client = createClient(plain.origin)
  for (const path of [
    ...posts,
    '/.well-known/jwks.json',
    '/.well-known/oauth-authorization-server',
  ]) {
    assert.equal((await client.get(path)).status, 404, path)
  }
  const body = { email: 'a@example.com', password: 'x', client_id: mobile.id }
  assert.equal((await client.post('/api/sign-in', body)).body.code, 'invalid_input')
})

test('no secret of a client, no token and no key is in the log or, readable, in the database', async () => {
  const { token } = await running.signIn(backend)
  const form = { grant_type: 'refresh_token', refresh_token: token }
  const { body } = await running.send('/oauth/token', backend, form)
  const log = JSON.stringify(running.logged)
  const clients = JSON.stringify(await running.sql('select * from clients'))
  for (const secret of [backend.secret ?? '', token, body.refresh_token, body.access_token]) {
    assert.ok(secret.length > 40)
    for (const place of [log, clients]) assert.equal(place.includes(secret), false)
  }
})

test('the command line refuses what makes no sense, and says what would', async () => {
  const wrong: [string[], RegExp][] = [
    [[], /Say what to do/],
    [['add'], /add takes one thing/],
    [['add', 'Name', '--scope', 'x'], /Unknown option/],
    [['add', 'Name'], /--grant must name an audience/],
    [['add', 'Name', '--grant', 'https://elsewhere.example'], /--grant must be among AUDIENCES/],
    [['add', 'Name', '--grant', `${orders} orders:delete`], /--grant must be among AUDIENCES/],
    [['add', 'Name', '--serves', billing], /--serves is for confidential clients/],
    [['add', 'Name', '--confidential', '--serves', 'x'], /--serves must be one of AUDIENCES/],
    [['add', 'x'.repeat(41), '--grant', orders], /NAME must have 1 to 40 characters/],
    [['remove', 'nobody'], /no such client/],
    [['renew-secret', mobile.id], /no such client, or it has no such secret/],
  ]
  for (const [args, message] of wrong) await assert.rejects(running.clients(...args), message)
})
