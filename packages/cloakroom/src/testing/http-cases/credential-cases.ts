import assert from 'node:assert/strict'
import { assertNoCookie, assertProblem, assertSignedIn } from './assertions.ts'
import { type RawHeader, valuesOf } from './raw-request.ts'
import type { Cases } from './site.ts'

const name = '__Host-session'

export const credentialCases: Cases = {
  'two cookies of the name are refused, in one header or in two, whichever comes first': async (
    open,
  ) => {
    const site = await open()
    const { token } = await site.signInAs('alice')
    const other = await site.signInAs('bob')
    const planted = [token, other.token, 'x', ''].flatMap((value): RawHeader[][] => [
      [['cookie', `${name}=${token}; ${name}=${value}`]],
      [['cookie', `${name}=${value}; theme=dark; ${name}=${token}`]],
      [site.cookie(token), site.cookie(value)],
      [site.cookie(value), site.cookie(token)],
    ])
    for (const headers of planted) {
      for (const path of ['/me', '/mine', '/verdict', '/step-up-only']) {
        const reply = await site.send({ path, headers })
        assertProblem(reply, 400, 'ambiguous_credentials', headers.join(' '))
        assertNoCookie(reply, headers.join(' '))
      }
    }
  },

  'a cookie and a bearer token together are refused, also if they are the same': async (open) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    const other = await site.signInAs('bob')
    for (const value of [token, other.token, 'x']) {
      const headers = [cookie, ['authorization', `Bearer ${value}`]] as const
      assertProblem(await site.send({ path: '/me', headers }), 400, 'ambiguous_credentials')
    }
    const headers = [cookie, ['authorization', 'Basic YTpi']] as const
    assert.equal((await site.send({ path: '/me', headers })).status, 200, 'Basic is not ours')
  },

  'two Authorization headers are refused, whatever they hold beside a bearer token': async (
    open,
  ) => {
    const site = await open()
    const good = `Bearer ${(await site.signInAs('alice')).token}`
    const pairs = [
      [good, good],
      [good, 'Bearer x'],
      ['Bearer x', good],
      ['Basic YTpi', good],
      [good, 'Basic YTpi'],
      ['', good],
    ]
    for (const values of pairs) {
      const headers = values.map((value): RawHeader => ['authorization', value])
      const reply = await site.send({ path: '/me', headers })
      assertProblem(reply, 400, 'malformed_authorization', values.join(' and '))
    }
  },

  'what is ambiguous neither signs in nor out, and changes no cookie': async (open) => {
    const site = await open()
    const alice = await site.signInAs('alice')
    const bob = await site.signInAs('bob')
    const headers = [site.sameOrigin, alice.cookie, bob.cookie]
    for (const path of ['/sign-in', '/anonymous', '/rotate', '/step-up', '/sign-out']) {
      const body = JSON.stringify({ user: 'alice' })
      const reply = await site.send({ method: 'POST', path, headers, body })
      assertProblem(reply, 400, 'ambiguous_credentials', path)
      assert.ok(!valuesOf(reply, 'set-cookie').join().includes(name), path)
    }
    await assertSignedIn(site, alice.token, 'alice')
    await assertSignedIn(site, bob.token, 'bob')
    assert.equal((await site.auth.list('alice')).length, 1)
  },

  'cookie tossing: no other spelling is the cookie, and none disturbs it': async (open) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    const other = await site.signInAs('bob')
    const spellings = [
      '=__Host-session=TOKEN',
      '\u00a0__Host-session=TOKEN',
      '\xe2\x80\x83__Host-session=TOKEN',
      '\xc2\xa0__Host-session=TOKEN',
      '\x85__Host-session=TOKEN',
      '__host-session=TOKEN',
      '__HOST-SESSION=TOKEN',
      '__Host-session\u00a0=TOKEN',
      '__Host-session ',
      '%5f%5fHost-session=TOKEN',
      '__Host-session%3dTOKEN',
      '$Version=1, __Host-session=TOKEN',
      '$Version="1; __Host-session"=TOKEN',
      'a="b\\"; c=__Host-session=TOKEN',
      'session=TOKEN',
      'cloakroom-session=TOKEN',
      '__Secure-session=TOKEN',
    ]
    for (const spelling of spellings.map((each) => each.replace('TOKEN', other.token))) {
      const alone = await site.send({ path: '/me', headers: [['cookie', spelling]] })
      assertProblem(alone, 401, 'not_authenticated', spelling)
      const beside: RawHeader = ['cookie', `${spelling}; ${cookie[1]}`]
      const reply = await site.send({ path: '/me', headers: [beside] })
      assert.equal(JSON.parse(reply.text).user?.id, 'alice', beside[1])
    }
    for (const quoted of [`"${token}"`, `${token},`, `${token} x`, `$Version=1,${token}`]) {
      const reply = await site.send({ path: '/me', headers: [site.cookie(quoted)] })
      assertProblem(reply, 401, 'not_authenticated', quoted)
    }
  },

  'ASVS 14.2.1: a token in the URL, a form or a header of another name is not looked at': async (
    open,
  ) => {
    const site = await open()
    const { token } = await site.signInAs('alice')
    const names = ['access_token', 'token', 'session', name, 'authorization', 'cookie']
    for (const parameter of names) {
      const pair = `${parameter}=${encodeURIComponent(token)}`
      const inUrl = await site.send({ path: `/me?${pair}` })
      assertProblem(inUrl, 401, 'not_authenticated', 'query')
      const inForm = await site.send({
        method: 'POST',
        path: '/note',
        headers: [site.sameOrigin, ['content-type', 'application/x-www-form-urlencoded']],
        body: pair,
      })
      assertProblem(inForm, 401, 'not_authenticated', 'form')
    }
    for (const header of ['x-auth-token', 'x-access-token', 'x-authorization', 'cookie2']) {
      const reply = await site.send({ path: '/me', headers: [[header, `Bearer ${token}`]] })
      assertProblem(reply, 401, 'not_authenticated', header)
    }
  },

  'a transport that is not enabled is not looked at': async (open) => {
    const onlyCookie = await open({ transports: ['cookie'] })
    const first = await onlyCookie.signInAs('alice')
    const bearer = (token: string): RawHeader => ['authorization', `Bearer ${token}`]
    const refused = await onlyCookie.send({ path: '/me', headers: [bearer(first.token)] })
    assertProblem(refused, 401, 'not_authenticated')
    assert.deepEqual(valuesOf(refused, 'www-authenticate'), [`Cookie cookie-name="${name}"`])
    const beside = [first.cookie, bearer('x')]
    assert.equal((await onlyCookie.send({ path: '/me', headers: beside })).status, 200)

    const onlyBearer = await open({ transports: ['bearer'] })
    const second = await onlyBearer.signInAs('alice')
    const ignored = await onlyBearer.send({ path: '/me', headers: [second.cookie] })
    assertProblem(ignored, 401, 'not_authenticated')
    const foreign: RawHeader[] = [['sec-fetch-site', 'cross-site'], second.cookie]
    const note = { method: 'POST', path: '/note', headers: [...foreign, bearer(second.token)] }
    assert.equal((await onlyBearer.send(note)).status, 200)
    const signedOut = await onlyBearer.send({ method: 'POST', path: '/sign-out', headers: foreign })
    assertNoCookie(signedOut, 'bearer only')
  },

  'RFC 6750: what is answered to which Authorization header': async (open) => {
    const site = await open()
    const { token } = await site.signInAs('alice')
    const revoked = await site.signInAs('alice')
    await site.auth.revoke({ sessionId: revoked.sessionId })
    const bare = 'Bearer realm="app.example"'
    const invalid = `${bare}, error="invalid_token"`
    const malformed = `${bare}, error="invalid_request"`
    const table: readonly (readonly [string | undefined, number, string | undefined])[] = [
      [undefined, 401, bare],
      ['', 401, bare],
      ['Basic YTpi', 401, bare],
      [`Token ${token}`, 401, bare],
      [`Bearer${token}`, 401, bare],
      [token, 401, bare],
      [`Bearer ${token}`, 200, undefined],
      [`bearer ${token}`, 200, undefined],
      [`BEARER   ${token}`, 200, undefined],
      [`Bearer ${revoked.token}`, 401, invalid],
      [`Bearer ${token.slice(0, -1)}`, 401, invalid],
      [`Bearer ${token}=`, 401, invalid],
      ['Bearer x', 401, invalid],
      ['Bearer', 400, malformed],
      ['Bearer ,', 400, malformed],
      ['Bearer =', 400, malformed],
      [`Bearer\t${token}`, 400, malformed],
      [`Bearer "${token}"`, 400, malformed],
      [`Bearer ${token} ${token}`, 400, malformed],
      [`Bearer ${token}, Bearer ${token}`, 400, malformed],
      [`Bearer ${token}\u00e9`, 400, malformed],
      [`Basic YTpi, bearer ${token}`, 400, malformed],
    ]
    for (const [value, status, challenge] of table) {
      const headers: RawHeader[] = value === undefined ? [] : [['authorization', value]]
      const reply = await site.send({ path: '/me', headers })
      assert.equal(reply.status, status, value)
      const expected = challenge === undefined ? [] : [challenge]
      assert.deepEqual(valuesOf(reply, 'www-authenticate'), expected, value)
    }
  },

  'ASVS 4.1.3: the address is that of the connection, whatever X-Forwarded-For says': async (
    open,
  ) => {
    const site = await open()
    const reply = await site.send({
      method: 'POST',
      path: '/sign-in',
      headers: [
        site.sameOrigin,
        ['x-forwarded-for', '203.0.113.7'],
        ['x-real-ip', '203.0.113.7'],
        ['forwarded', 'for=203.0.113.7'],
        ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
      ],
      body: JSON.stringify({ user: 'alice' }),
    })
    const { session } = JSON.parse(reply.text)
    assert.deepEqual([session.ip, session.device], ['127.0.0.1', 'Firefox on Linux'])
  },

  'header injection: nothing of a credential comes back in a header': async (open) => {
    const site = await open()
    const payload = '%0d%0aSet-Cookie:%20planted=1\\r\\nX-Planted: 1\x85planted'
    const values: RawHeader[] = [
      site.cookie(payload),
      ['cookie', `${payload}=1`],
      ['authorization', `Bearer ${payload}`],
      ['authorization', payload],
      ['user-agent', payload],
      ['origin', payload],
    ]
    for (const header of values) {
      for (const [method, path] of [
        ['GET', '/me'],
        ['POST', '/sign-in'],
        ['POST', '/sign-out'],
      ] as const) {
        const own = header[0] === 'origin' ? [] : [site.sameOrigin]
        const body = JSON.stringify({ user: 'alice' })
        const headers = [...own, header]
        const request = method === 'POST' ? { method, path, headers, body } : { path, headers }
        const reply = await site.send(request)
        assert.doesNotMatch(reply.headers.join('\n'), /planted/i, `${path} ${header}`)
      }
    }
  },
}
