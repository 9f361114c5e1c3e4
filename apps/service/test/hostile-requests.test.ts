import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { type Client, createClient, newUser, password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

const running: TestService = await startService()
const { origin } = running
after(() => running.stop())

const email = 'ada@example.com'
const json = { 'content-type': 'application/json' }
let ada: Client
await newUser(origin, email)
beforeEach(async () => {
  ada = createClient(origin)
  assert.equal((await ada.post('/api/sign-in', { email, password })).status, 200)
})

const foreign: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: `${origin}.evil.example` },
  { origin: origin.replace('localhost', '127.0.0.1') },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'cross-site', origin },
  {},
]

const unsafe: [method: string, path: string, body?: unknown][] = [
  ['POST', '/api/sign-in', { email, password }],
  ['POST', '/api/step-up', { password }],
  ['POST', '/api/password', { current: password, new: 'another long passphrase' }],
  ['POST', '/api/setup', { code: running.setupCode }],
  ['DELETE', '/api/session'],
  ['DELETE', '/api/sessions'],
  ['DELETE', '/api/sessions/00000000-0000-7000-8000-000000000000'],
  ['POST', '/api/admin/invites'],
  ['DELETE', '/api/admin/sessions'],
]

test('another site’s page can neither sign in nor out, nor change anything: 403, and nothing happens', async () => {
  const before = ada.cookie()
  const checked = () => running.logged.filter(({ event }) => event.startsWith('authn_')).length
  const checkedBefore = checked()
  for (const headers of foreign) {
    for (const [method, path, body] of unsafe) {
      const answer = await ada.send(method, path, {
        headers: { ...json, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const what = `${method} ${path} ${JSON.stringify(headers)}`
      assert.deepEqual([answer.status, answer.body?.code], [403, 'cross_site'], what)
      assert.deepEqual(answer.headers.getSetCookie(), [], what)
    }
  }
  assert.equal(ada.cookie(), before)
  // Nor does it learn whether a password is right, or use up anybody's attempts.
  assert.equal(checked(), checkedBefore)
  assert.equal((await ada.get('/api/session')).status, 200)
  assert.ok(running.logged.some(({ event }) => event === 'malicious_csrf'))
  assert.equal(await running.service.setupIsOpen(), true)
})

test('another site’s page makes no account, while a program that names no origin does', async () => {
  const account = { email: 'planted@example.com', password }
  const planted = (headers: Record<string, string>) =>
    ada.send('POST', '/api/sign-up', {
      headers: { ...json, ...headers },
      body: JSON.stringify(account),
    })
  for (const headers of foreign) {
    if (Object.keys(headers).length === 0) continue
    const answer = await planted(headers)
    const what = JSON.stringify(headers)
    assert.deepEqual([answer.status, answer.body?.code], [403, 'cross_site'], what)
  }
  assert.equal((await planted({})).status, 201)
})

test('a request whose only credential is a bearer token needs no origin', async () => {
  const program = createClient(origin)
  const credentials = { email, password, transport: 'bearer' }
  const { body } = await program.send('POST', '/api/sign-in', {
    headers: json,
    body: JSON.stringify(credentials),
  })
  const authorization = `Bearer ${body.token}`
  const headers = { authorization, 'sec-fetch-site': 'cross-site' }
  assert.equal((await program.send('DELETE', '/api/session', { headers })).status, 204)
})

test('two cookies of the name, cookie and bearer together, or a broken Bearer header: 400', async () => {
  const cookie = ada.cookie() as string
  const token = cookie.split('=')[1] as string
  const ambiguous: Record<string, string>[] = [
    { cookie: `${cookie}; ${cookie}` },
    { cookie: `${cookie}; cloakroom-session=` },
    { cookie, authorization: `Bearer ${token}` },
  ]
  for (const headers of ambiguous) {
    for (const [method, path] of [
      ['GET', '/api/session'],
      ['DELETE', '/api/session'],
    ] as const) {
      const answer = await createClient(origin).send(method, path, {
        headers: { origin, ...headers },
      })
      assert.deepEqual([answer.status, answer.body.code], [400, 'ambiguous_credentials'])
    }
  }
  const broken = await createClient(origin).get('/api/session', { authorization: 'Bearer' })
  assert.deepEqual([broken.status, broken.body.code], [400, 'malformed_authorization'])
  assert.equal((await ada.get('/api/session')).status, 200)
})

test('two cookies at sign-in: refused', async () => {
  const headers = { cookie: 'cloakroom-session=a; cloakroom-session=b' }
  const answer = await createClient(origin).post('/api/sign-in', { email, password }, headers)
  assert.deepEqual([answer.status, answer.body.code], [400, 'ambiguous_credentials'])
})

test('a cookie that somebody planted before the sign-in is worth nothing after it', async () => {
  const planted = ada.cookie() as string
  const victim = createClient(origin)
  victim.useCookie(planted)
  await victim.post('/api/sign-in', { email, password })
  assert.notEqual(victim.cookie(), planted)
  assert.equal((await createClient(origin).get('/api/session', { cookie: planted })).status, 401)
})

test('a token in the address is no credential', async () => {
  const token = ada.cookie()?.split('=')[1]
  for (const query of [`access_token=${token}`, `token=${token}`, `cloakroom-session=${token}`]) {
    assert.equal((await createClient(origin).get(`/api/session?${query}`)).status, 401)
  }
})

test('members that nobody asked for are refused: no admin by mass assignment', async () => {
  const account = { email: 'eve@example.com', password }
  const extras: Record<string, unknown>[] = [
    { admin: true },
    { id: '00000000-0000-4000-8000-000000000000' },
    { banned: 0 },
    { user: { admin: true } },
    { constructor: 1 },
  ]
  for (const extra of extras) {
    const answer = await ada.post('/api/sign-up', { ...account, ...extra })
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_input'])
  }
  const raw = `{"email":"eve@example.com","password":"${password}","__proto__":{"admin":true}}`
  const polluted = await ada.send('POST', '/api/sign-up', { headers: json, body: raw })
  assert.equal(polluted.status, 400)
  assert.equal((await ada.post('/api/sign-in', { email, password, userId: 'x' })).status, 400)
  assert.equal(({} as { admin?: boolean }).admin, undefined)
  assert.deepEqual(await running.sql("select * from users where email = 'eve@example.com'"), [])
})

test('what is not the JSON that was asked for: 400', async () => {
  const bodies = [
    '',
    'null',
    '[]',
    '"text"',
    '{',
    '{"email":"a@b.c"}',
    '{"email":1,"password":"x"}',
    '{"email":"a@b.c","password":null}',
    '{"email":["a@b.c"],"password":"x"}',
    '{"email":"a@b.c","password":"\\ud800"}',
    '{"email":"a@b.c","password":"x","transport":"smoke"}',
    '{"email":"a@b.c","password":"x","persistent":"yes"}',
    `${'['.repeat(8000)}`,
  ]
  for (const body of bodies) {
    const answer = await ada.send('POST', '/api/sign-in', { headers: { origin, ...json }, body })
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_input'], body)
  }
})

test('what another site’s form could send is not read: 415', async () => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
    'json',
  ]
  types.push('application/jsonp', 'text/json', 'application/json-seq')
  for (const type of types) {
    const answer = await ada.send('POST', '/api/sign-in', {
      headers: { origin, 'content-type': type },
      body: JSON.stringify({ email, password }),
    })
    assert.deepEqual([answer.status, answer.body.code], [415, 'unsupported_media_type'], type)
  }
  for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset=UTF-8']) {
    const answer = await ada.send('POST', '/api/sign-in', {
      headers: { origin, 'content-type': type },
      body: JSON.stringify({ email, password }),
    })
    assert.equal(answer.status, 200, type)
  }
})

test('a password of a megabyte is not hashed: 413, and 422 where it still fits the body', async () => {
  const begin = performance.now()
  for (const [path, body] of [
    ['/api/sign-in', { email, password: 'x'.repeat(1_000_000) }],
    ['/api/sign-up', { email: 'eve@example.com', password: 'x'.repeat(1_000_000) }],
    ['/api/step-up', { password: 'x'.repeat(1_000_000) }],
  ] as const) {
    const answer = await ada.post(path, body)
    assert.deepEqual([answer.status, answer.body.code], [413, 'payload_too_large'], path)
  }
  const notUtf8 = await ada.send('POST', '/api/sign-in', {
    headers: { origin, ...json },
    body: Buffer.from(`{"email":"${email}","password":"\xff"}`, 'latin1'),
  })
  assert.deepEqual([notUtf8.status, notUtf8.body.code], [400, 'bad_request'])
  const chunked = await ada.send('POST', '/api/sign-in', {
    headers: { origin, ...json },
    body: new ReadableStream({
      start(controller) {
        for (let index = 0; index < 100; index += 1) controller.enqueue(new Uint8Array(10_000))
        controller.close()
      },
    }),
    duplex: 'half',
  } as RequestInit)
  assert.equal(chunked.status, 413)
  for (const [path, body] of [
    ['/api/sign-in', { email, password: 'x'.repeat(10_000) }],
    ['/api/step-up', { password: 'x'.repeat(257) }],
    ['/api/sign-up', { email: 'eve@example.com', password: 'x'.repeat(10_000) }],
  ] as const) {
    const answer = await ada.post(path, body)
    assert.deepEqual([answer.status, answer.body.code], [422, 'password_too_long'], path)
  }
  // Nothing of it was hashed: ten hashes alone would take longer than the rest.
  assert.ok(performance.now() - begin < 2000)
})

test('a User-Agent with markup and control characters stays text', async () => {
  const client = createClient(origin, { 'user-agent': '<script>alert(1)</script>' })
  const { body, headers } = await client.post('/api/sign-in', { email, password })
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(body.session.device, null)
})

test('a failure of the service’s own says nothing but an id, which the log knows too', async () => {
  await running.sql('alter table users rename to users_')
  const broken = await ada.get('/api/session')
  const notReady = await ada.get('/readyz')
  await running.sql('alter table users_ rename to users')
  assert.deepEqual([notReady.status, notReady.body.code], [503, 'not_ready'])
  assert.equal(broken.status, 503)
  assert.equal(broken.body.code, 'store_unavailable')
  assert.equal(broken.text.includes('users'), false)
  assert.ok(running.logged.some(({ event, level }) => event === 'sys_crash' && level === 'ERROR'))
  assert.equal((await ada.get('/api/session')).status, 200)
})
