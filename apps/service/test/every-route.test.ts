import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { createClient, newAdministrator } from './client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
let cookie: string
before(async () => {
  running = await startService({ environment: { AUDIENCES: 'https://orders.example' } })
  cookie = (await newAdministrator(running)).cookie() as string
})
after(() => running.stop())

const id = '00000000-0000-4000-8000-000000000000'
/** The whole JSON API, as it is documented. */
const routes: Record<string, readonly string[]> = {
  '/healthz': ['GET'],
  '/readyz': ['GET'],
  '/verify': ['GET'],
  '/api/sign-up': ['POST'],
  '/api/sign-in': ['POST'],
  '/api/step-up': ['POST'],
  '/api/password': ['POST'],
  '/api/setup': ['POST'],
  '/api/session': ['GET', 'DELETE'],
  '/api/sessions': ['GET', 'DELETE'],
  [`/api/sessions/${id}`]: ['DELETE'],
  '/api/admin/users': ['GET'],
  [`/api/admin/users/${id}`]: ['GET'],
  [`/api/admin/users/${id}/block`]: ['POST'],
  [`/api/admin/users/${id}/unblock`]: ['POST'],
  [`/api/admin/users/${id}/sessions`]: ['DELETE'],
  [`/api/admin/users/${id}/sessions/${id}`]: ['DELETE'],
  '/api/admin/sessions': ['DELETE'],
  '/api/admin/invites': ['POST'],
  '/api/admin/audit': ['GET'],
  '/oauth/token': ['POST'],
  '/oauth/introspect': ['POST'],
  '/oauth/revoke': ['POST'],
  '/oauth/ended-sessions': ['GET'],
  '/.well-known/oauth-authorization-server': ['GET'],
  '/.well-known/jwks.json': ['GET'],
}
const pages = ['/', '/sign-in', '/sign-up', '/account', '/setup', '/admin/users', '/nowhere']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

interface Bare {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
}

/** `fetch` cannot send TRACE, and hides what a response really has. */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Bare> {
  return new Promise((resolve, reject) => {
    const sending = request(running.origin + path, { method, headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(chunks).toString(),
      })
    })
    sending.on('error', reject)
    sending.end()
  })
}

function checkHeaders({ headers }: Pick<Bare, 'headers'>, what: string): void {
  const csp = String(headers['content-security-policy'])
  for (const directive of [
    "default-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    assert.ok(csp.includes(directive), `${what}: ${csp}`)
  }
  assert.equal(csp.includes('unsafe-'), false, what)
  assert.equal(headers['x-content-type-options'], 'nosniff', what)
  assert.equal(headers['referrer-policy'], 'same-origin', what)
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin', what)
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin', what)
  assert.match(String(headers['permissions-policy']), /camera=\(\)/, what)
  // Public, and the same for everybody.
  if (!what.includes('/.well-known/')) assert.equal(headers['cache-control'], 'no-store', what)
  for (const absent of [
    'server',
    'x-powered-by',
    'strict-transport-security',
    'access-control-allow-origin',
  ]) {
    assert.equal(headers[absent], undefined, what)
  }
}

test('every method at every address: 405 with Allow where it means nothing, and the same headers on all', async () => {
  for (const [path, allowed] of Object.entries(routes)) {
    for (const method of methods) {
      const what = `${method} ${path}`
      const answer = await send(method, path, { origin: 'https://evil.example', cookie })
      checkHeaders(answer, what)
      const expected = allowed.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
      assert.equal(answer.status === 405, !expected.includes(method), `${what} ${answer.status}`)
      if (answer.status === 405) {
        assert.deepEqual(String(answer.headers.allow).split(', '), expected, what)
      }
      if (method === 'HEAD') assert.equal(answer.text, '', what)
      else if (answer.status === 405) {
        assert.equal(JSON.parse(answer.text).code, 'method_not_allowed', what)
      }
    }
  }
})

test('pages have the headers too, for strangers and for users, and answer no other method', async () => {
  for (const path of pages) {
    for (const method of methods) {
      for (const headers of [{}, { cookie }]) {
        const answer = await send(method, path, headers)
        checkHeaders(answer, `${method} ${path}`)
        assert.ok(answer.status < 500, `${method} ${path} ${answer.status}`)
      }
    }
  }
})

test('an address that is none: 404, as JSON below /api, and nothing behind a known one', async () => {
  for (const path of [
    '/api',
    '/api/',
    '/api/nothing',
    '/api/session/',
    '/api/session/x.css',
    '/healthz/x',
  ]) {
    const answer = await send('GET', path, { cookie })
    checkHeaders(answer, path)
    assert.equal(answer.status, 404, path)
    if (path.startsWith('/api/')) assert.equal(JSON.parse(answer.text).code, 'not_found', path)
  }
})

test('HEAD answers as GET does, without a body', async () => {
  const [get, head] = [
    await send('GET', '/api/session', { cookie }),
    await send('HEAD', '/api/session', { cookie }),
  ]
  assert.equal(head.status, get.status)
  assert.equal(head.headers['content-type'], get.headers['content-type'])
})

test('every refusal is an RFC 9457 problem with a code, and every 401 has a challenge', async () => {
  const { origin } = running
  const client = createClient(origin)
  const answers = [
    await client.get('/api/session'),
    await client.get('/api/nothing'),
    await client.post('/api/sign-in', { email: 'a@example.com', password: 'x' }),
    await client.post('/api/sign-in', {}),
    await client.delete('/api/session', { origin: 'https://evil.example' }),
    await client.send('PUT', '/api/session'),
    await client.send('POST', '/api/sign-in', { headers: { origin }, body: 'x' }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 404, 401, 400, 403, 405, 415],
  )
  for (const { status, body, headers } of answers) {
    assert.equal(headers.get('content-type'), 'application/problem+json')
    assert.equal(body.status, status)
    assert.equal(body.type, 'about:blank')
    assert.match(body.code, /^[a-z_]+$/)
    assert.equal(typeof body.title, 'string')
    if (status === 401) assert.match(headers.get('www-authenticate') ?? '', /^\w+/)
  }
})

test('what is not even HTTP is refused with the same headers, and so is an address that is none', async () => {
  const requests = {
    'NONSENSE\r\n\r\n': '400',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n': '400',
    'GET /a\\b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n': '400',
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n': '400',
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]: '431',
  }
  for (const [text, status] of Object.entries(requests)) {
    const raw = await exchange(text)
    const [head = ''] = raw.split('\r\n\r\n')
    const [statusLine = '', ...lines] = head.split('\r\n')
    assert.equal(statusLine.split(' ')[1], status, text.slice(0, 60))
    const headers = Object.fromEntries(
      lines.map((line) => {
        const [name = '', ...value] = line.split(': ')
        return [name.toLowerCase(), value.join(': ')]
      }),
    )
    checkHeaders({ headers }, text.slice(0, 60))
  }
})

test('with TLS in front of it browsers are told to keep to it', async (t) => {
  const secure = await startService({ environment: { ORIGIN: 'https://auth.example' } })
  t.after(() => secure.stop())
  const response = await fetch(`${secure.listensOn}/healthz`)
  assert.equal(
    response.headers.get('strict-transport-security'),
    'max-age=31536000; includeSubDomains',
  )
  const signIn = createClient(secure.listensOn)
  const email = 'ada@example.com'
  const account = { email, password: 'a long enough passphrase' }
  const ownOrigin = { origin: 'https://auth.example' }
  await signIn.post('/api/sign-up', account, ownOrigin)
  const { headers } = await signIn.post('/api/sign-in', account, ownOrigin)
  assert.match(
    headers.getSetCookie()[0] ?? '',
    /^__Host-session=cloak_\S{70}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
  )
})

function exchange(text: string): Promise<string> {
  const { port } = new URL(running.origin)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}
