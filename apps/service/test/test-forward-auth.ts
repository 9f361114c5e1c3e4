import assert from 'node:assert/strict'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { PrivateServer } from '@cloakroom/test-servers'
import { type Client, newAdministrator, newUser, password } from './client.ts'
import { type Arrived, type EchoApplication, startEchoApplication } from './echo-application.ts'
import { startService, type TestService } from './start-service.ts'

interface Behind {
  readonly servicePort: number
  readonly applicationPort: number
}

type Sent = [method: string, path: string, headers?: OutgoingHttpHeaders, body?: string]

interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
}

const email = 'ada@example.com'
const sameOrigin = { 'sec-fetch-site': 'same-origin' }

/** What must be so of an application behind each proxy, with our recipe. */
export function testForwardAuth(
  name: string,
  startProxy: (behind: Behind) => Promise<PrivateServer>,
): void {
  describe(`an application behind ${name}`, () => {
    let running: TestService
    let application: EchoApplication
    let proxy: PrivateServer
    let admin: Client
    let ada: Client & { readonly id: string }
    /** With `Cookie` as a name. */
    let signedIn: { readonly cookie: string }

    before(async () => {
      const ORIGIN = 'https://app.example'
      running = await startService({ environment: { ORIGIN, TRUST_PROXY_HOPS: '1' } })
      application = await startEchoApplication()
      const servicePort = Number(new URL(running.listensOn).port)
      proxy = await startProxy({ servicePort, applicationPort: application.port })
      const { setupCode } = running
      admin = await newAdministrator(
        { origin: running.listensOn, setupCode },
        undefined,
        sameOrigin,
      )
      ada = await newUser(running.listensOn, email, sameOrigin)
    })
    beforeEach(async () => {
      await ada.post('/api/sign-in', { email, password })
      signedIn = { cookie: ada.cookie() as string }
    })
    after(async () => {
      await proxy?.stop()
      await application?.stop()
      await running?.stop()
    })

    function send(...[method, path, headers = {}, body = '']: Sent): Promise<Answer> {
      return new Promise((resolve, reject) => {
        // Sends what `fetch` would not: paths and headers as they are written.
        const sending = request({
          port: proxy.port,
          host: proxy.host,
          method,
          path,
          headers: { host: `app.example:${proxy.port}`, 'content-length': body.length, ...headers },
        })
        sending.on('error', reject)
        sending.on('response', async (response) => {
          const { statusCode: status = 0, headers } = response
          resolve({ status, location: headers.location, text: await text(response) })
        })
        sending.end(body)
      })
    }

    /** What the application was sent. */
    async function passes(...sent: Sent): Promise<Arrived> {
      const answer = await send(...sent)
      assert.equal(answer.status, 200, `${sent[0]} ${sent[1]}: ${answer.text}`)
      return JSON.parse(answer.text)
    }

    async function isDenied(status: number, ...sent: Sent): Promise<void> {
      const before = application.arrived.length
      assert.equal((await send(...sent)).status, status, JSON.stringify(sent))
      assert.equal(application.arrived.length, before, JSON.stringify(sent))
    }

    async function isShut(): Promise<void> {
      const before = application.arrived.length
      const { status } = await send('GET', '/', signedIn)
      assert.ok(status >= 500, String(status))
      assert.equal(application.arrived.length, before)
    }

    test('is told who is signed in, and gets the request as it was', async () => {
      const { id } = (await ada.get('/api/session')).body.session
      const posted = await passes('POST', '/a?b=c', { ...signedIn, ...sameOrigin }, 'a body')
      assert.equal(posted.method, 'POST')
      assert.equal(posted.path, '/a?b=c')
      assert.equal(posted.body, 'a body')
      const read = await passes('GET', '/', signedIn)
      for (const { headers } of [posted, read]) {
        assert.deepEqual(headers['x-auth-user-id'], [ada.id])
        assert.deepEqual(headers['x-auth-session-id'], [id])
        assert.deepEqual(headers['x-auth-email'] ?? [''], [''])
      }
      await running.sql('update users set email_verified = true where email = ?', email)
      const { headers } = await passes('GET', '/', signedIn)
      assert.deepEqual(headers['x-auth-email'], ['ada%40example.com'])
      await running.sql('update users set email_verified = false where email = ?', email)
    })

    test('sees nobody who is not signed in', async () => {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE']) {
        await isDenied(401, method, '/', sameOrigin)
        await isDenied(401, method, '/', { ...sameOrigin, cookie: '__Host-session=x' })
      }
    })

    test('does not believe a client that sends X-Auth-User-Id itself', async () => {
      const names = ['X-Auth-User-Id', 'x-auth-session-id', 'X-AUTH-EMAIL', 'x-auth-access-token']
      const claimed = Object.fromEntries(names.map((name) => [name, 'admin@example.com']))
      await isDenied(401, 'GET', '/', claimed)
      const { headers } = await passes('GET', '/', { ...signedIn, ...claimed })
      assert.deepEqual(headers['x-auth-user-id'], [ada.id])
      assert.equal(JSON.stringify(headers).includes('admin@example.com'), false)
    })

    test('does not see an identity smuggled in with underscores, or twice', async () => {
      const smuggled = {
        X_Auth_User_Id: 'admin',
        'X-Auth_User-Id': 'admin',
        x_auth_email: ['admin', 'admin'],
        'X-Auth-User-Id': ['admin', 'admin'],
      }
      const { headers } = await passes('GET', '/', { ...signedIn, ...smuggled })
      assert.deepEqual(headers['x-auth-user-id'], [ada.id])
      assert.equal(JSON.stringify(headers).includes('admin'), false)
    })

    test('does not see an identity in what is hardly HTTP', async () => {
      const lines = [`Host: app.example:${proxy.port}`, `Cookie: ${signedIn.cookie}`]
      const smuggled = [
        'X-Auth-User-Id : admin',
        'X-Auth-User-Id\t: admin',
        'X: y\r\n X-Auth-User-Id: admin',
        'X: y\nX-Auth-User-Id: admin',
        'X: y\rX-Auth-User-Id: admin',
        'X-Auth-User-Id\u0000: admin',
        'Content-Length: 0\r\nTransfer-Encoding: chunked\r\nX-Auth-User-Id: admin',
      ]
      const before = application.arrived.length
      for (const line of smuggled) {
        const head = ['GET /hardly HTTP/1.1', ...lines, 'Connection: close', line].join('\r\n')
        const answer = await exchange(proxy.port, `${head}\r\n\r\n0\r\n\r\n`)
        assert.match(answer, /^HTTP\/1\.1 \d{3}/, JSON.stringify(line))
      }
      for (const { path, headers } of application.arrived.slice(before)) {
        assert.equal(path, '/hardly')
        assert.deepEqual(headers['x-auth-user-id'], [ada.id])
        const others = Object.keys(headers).filter((name) => /auth.user.id/.test(name))
        assert.deepEqual(others, ['x-auth-user-id'])
      }
    })

    test('gets the identity though a client names it in Connection, for the proxy to take out', async () => {
      const connection = 'close, X-Auth-User-Id, X-Auth-Session-Id, X-Auth-Email'
      const { headers } = await passes('GET', '/', { ...signedIn, connection })
      assert.deepEqual(headers['x-auth-user-id'], [ada.id])
      assert.ok(headers['x-auth-session-id'])
    })

    test('does not see what a client says of where the request came from', async () => {
      const claimed = Object.fromEntries(
        ['For', 'Host', 'Proto', 'Method', 'Uri'].map((part) => [`X-Forwarded-${part}`, 'claimed']),
      )
      const { headers } = await passes('GET', '/', {
        ...signedIn,
        ...claimed,
        forwarded: 'for=claimed',
      })
      assert.equal(JSON.stringify(headers).includes('claimed'), false)
      assert.deepEqual(headers['x-forwarded-for'], ['127.0.0.1'])
    })

    test('is not changed by another site’s page: the cookie comes along, the request does not', async () => {
      const evil = { ...signedIn, origin: 'https://evil.example' }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        await isDenied(403, method, '/', { ...evil, 'sec-fetch-site': 'cross-site' })
        await isDenied(403, method, '/', { ...evil, 'sec-fetch-site': 'same-site' })
        await isDenied(403, method, '/', evil)
        await isDenied(403, method, '/', signedIn)
        await passes(method, '/', { ...signedIn, ...sameOrigin })
        await passes(method, '/', { ...signedIn, origin: 'https://app.example' })
      }
      await passes('GET', '/', { ...evil, 'sec-fetch-site': 'cross-site' })
    })

    test('is not changed by a POST that says X-Forwarded-Method: GET', async () => {
      const evil = { ...signedIn, 'sec-fetch-site': 'cross-site' }
      await isDenied(403, 'POST', '/', { ...evil, 'x-forwarded-method': 'GET' })
      await isDenied(403, 'POST', '/', { ...evil, 'X-Forwarded-Method': ['GET', 'GET'] })
      await isDenied(403, 'POST', '/', { ...evil, X_Forwarded_Method: 'GET' })
      await isDenied(403, 'POST', '/', { ...evil, 'x-http-method-override': 'GET' })
    })

    test('has no WebSocket opened by another site’s page', async () => {
      const handshake = { ...signedIn, connection: 'Upgrade', upgrade: 'websocket' }
      await isDenied(403, 'GET', '/', { ...handshake, origin: 'https://evil.example' })
      await isDenied(403, 'GET', '/', { ...handshake, 'sec-fetch-site': 'cross-site' })
    })

    test('is offered no protocol but WebSocket: another one would be a tunnel past the proxy', async () => {
      const settings = { 'http2-settings': 'AAMAAABkAAQAAP__' }
      const connection = 'Upgrade, HTTP2-Settings'
      for (const Upgrade of ['h2c', 'h2c, websocket', ['h2c', 'websocket'], ['websocket', 'h2c']]) {
        const headers = { ...signedIn, ...sameOrigin, ...settings, connection, Upgrade }
        const arrived = await passes('GET', '/', headers)
        assert.equal(JSON.stringify(arrived.headers).includes('h2c'), false, String(Upgrade))
      }
    })

    test('never sees the session’s token, and has its own cookies', async () => {
      const [, token = 'none'] = signedIn.cookie.split('=')
      const forms: [sent: string | string[], kept: string[]][] = [
        [signedIn.cookie, []],
        [`theme=dark; ${signedIn.cookie}; lang=de`, ['theme=dark', 'lang=de']],
        [`${signedIn.cookie};lang=de`, ['lang=de']],
        [`theme=dark;\t__Host-session \t=  ${token} ;lang=de`, ['theme=dark', 'lang=de']],
        [`my__Host-session=1; ${signedIn.cookie}`, ['my__Host-session=1']],
        [['theme=dark', signedIn.cookie], ['theme=dark']],
      ]
      for (const [cookie, kept] of forms) {
        const arrived = await passes('GET', '/', { cookie })
        assert.equal(JSON.stringify(arrived).includes(token), false, String(cookie))
        for (const pair of kept) assert.ok(arrived.headers.cookie?.[0]?.includes(pair), pair)
      }
      await isDenied(403, 'GET', '/', { cookie: `${signedIn.cookie}; ${signedIn.cookie}` })

      const credentials = { email, password, transport: 'bearer' }
      const { body } = await ada.post('/api/sign-in', credentials)
      const arrived = await passes('POST', '/', { authorization: `Bearer ${body.token}` })
      assert.deepEqual(arrived.headers['x-auth-user-id'], [ada.id])
      assert.equal(JSON.stringify(arrived).includes(body.token), false)
    })

    test('is reached by no spelling of an address without being signed in', async () => {
      const spellings = [
        '//reports',
        '/./reports',
        '/%2e/reports',
        '/sign-in/../reports',
        '/sign-in/..%2freports',
        '/sign-in/%2e%2e/reports',
        '/sign-in%2f..%2freports',
        '/sign-in/..;/reports',
        '/sign-in;/../reports',
        '/assets/../reports',
        '/assets/..%2f..%2freports',
        '/assets%5c..%5creports',
        '/account/..//reports',
        '/SIGN-IN/../reports',
        '/_verify/../reports',
        '/_verify',
        '/verify',
        '/reports?/sign-in',
        '/reports#/sign-in',
        '/reports;/sign-in',
        'http://app.example/reports',
        'http://app.example/sign-in/../reports',
        '/\u007f',
      ]
      const before = application.arrived.length
      for (const path of spellings) {
        const { status } = await send('GET', path)
        assert.notEqual(status, 200, path)
        assert.equal(application.arrived.length, before, path)
      }
    })

    test('sends a page’s reader to the sign-in and back, and tells everybody else 401', async () => {
      const navigation = { 'sec-fetch-mode': 'navigate' }
      const { status, location } = await send('GET', '/reports?year=2026', navigation)
      assert.equal(status, 303)
      assert.equal(location, '/sign-in?return_to=/reports?year=2026')
      const page = await send('GET', location)
      assert.equal(page.status, 200)
      assert.ok(page.text.includes('name="return_to" value="/reports?year=2026"'))
      assert.equal((await send('GET', '/reports')).location, undefined)
    })

    test('knows of a log-out, and of a block, on the next request', async () => {
      await passes('GET', '/', signedIn)
      assert.equal((await ada.delete('/api/session')).status, 204)
      await isDenied(401, 'GET', '/', signedIn)

      await ada.post('/api/sign-in', { email, password })
      signedIn = { cookie: ada.cookie() as string }
      await passes('GET', '/', signedIn)
      assert.equal((await admin.post(`/api/admin/users/${ada.id}/block`)).status, 204)
      await isDenied(401, 'GET', '/', signedIn)
      assert.equal((await admin.post(`/api/admin/users/${ada.id}/unblock`)).status, 204)
    })

    test('is not reached while the sessions are away, and again when they are back', async () => {
      await passes('GET', '/', signedIn)
      await running.sql('alter table cloakroom_sessions rename to gone')
      await isShut()
      await running.sql('alter table gone rename to cloakroom_sessions')
      await passes('GET', '/', signedIn)
    })

    test('is not reached while the service is away', async (t) => {
      const { port: servicePort, stop } = await startEchoApplication()
      await stop()
      const usual = proxy
      proxy = await startProxy({ servicePort, applicationPort: application.port })
      t.after(async () => {
        await proxy.stop()
        proxy = usual
      })
      await isShut()
    })
  })
}

/** What is answered to these very bytes. */
function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}
