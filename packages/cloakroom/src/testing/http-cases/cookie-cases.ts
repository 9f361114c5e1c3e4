import assert from 'node:assert/strict'
import { assertNoCookie } from './assertions.ts'
import { type RawRequest, type Reply, valuesOf } from './raw-request.ts'
import type { Cases, Site } from './site.ts'

export const cookieCases: Cases = {
  'ASVS 3.3.1 to 3.3.4: on an https origin the cookie is __Host-, Secure, HttpOnly, SameSite=Lax, Path=/, and has no Domain':
    async (open) => {
      const site = await open()
      assert.deepEqual(attributes(await signIn(site)), {
        name: '__Host-session',
        path: '/',
        secure: true,
        httponly: true,
        samesite: 'Lax',
        'max-age': String(30 * 86_400),
      })
    },

  'on a plain-http localhost the cookie is cloakroom-session, without Secure': async (open) => {
    const site = await open({ origin: 'http://localhost:3000' })
    assert.deepEqual(attributes(await signIn(site)), {
      name: 'cloakroom-session',
      path: '/',
      httponly: true,
      samesite: 'Lax',
      'max-age': String(30 * 86_400),
    })
  },

  'Max-Age is what is left of the absolute lifetime': async (open) => {
    const site = await open()
    const token = site.tokenIn(await signIn(site))
    site.clock.advance(1000)
    const rotated = await site.send({
      method: 'POST',
      path: '/rotate',
      headers: [site.sameOrigin, site.cookie(token)],
    })
    assert.equal(attributes(rotated)['max-age'], String(30 * 86_400 - 1000))
  },

  'a session that is not persistent ends with the browser': async (open) => {
    const cookie = attributes(await signIn(await open(), { persistent: false }))
    assert.equal(cookie['max-age'], undefined)
    assert.equal(cookie.expires, undefined)
  },

  'RFC 6265bis: sign-out removes the cookie under the attributes with which it was set': async (
    open,
  ) => {
    const site = await open()
    const signedIn = await signIn(site)
    const signedOut = await site.send({
      method: 'POST',
      path: '/sign-out',
      headers: [site.sameOrigin, site.cookie(site.tokenIn(signedIn))],
    })
    assert.equal(site.tokenIn(signedOut), '')
    assert.deepEqual(attributes(signedOut), { ...attributes(signedIn), 'max-age': '0' })
  },

  'ASVS 14.3.2: nothing may store a response that sets or removes the cookie': async (open) => {
    const site = await open()
    const { cookie } = await site.signInAs('alice')
    const headers = [site.sameOrigin, cookie]
    const replies = [
      await signIn(site),
      await site.send({ method: 'POST', path: '/anonymous', headers: [site.sameOrigin] }),
      await site.send({ method: 'POST', path: '/sign-out', headers }),
    ]
    for (const reply of replies) assert.deepEqual(valuesOf(reply, 'cache-control'), ['no-store'])
  },

  'cookies of the application itself stay on the response': async (open) => {
    const cookies = valuesOf(await signIn(await open()), 'set-cookie')
    const names = cookies.map((cookie) => cookie.slice(0, cookie.indexOf('=')))
    assert.deepEqual(names.toSorted(), ['__Host-session', 'theme'])
  },

  'ASVS 3.3.4: in cookie mode the token is in no body, and in no header but Set-Cookie': async (
    open,
  ) => {
    const site = await open()
    const signedIn = await signIn(site)
    const first = site.tokenIn(signedIn)
    const headers = [site.sameOrigin, site.cookie(first)]
    const reads = ['/me', '/mine', '/verdict', '/step-up-only']
    const replies = [
      await Promise.all(reads.map((path) => site.send({ path, headers }))),
      await site.send({ method: 'POST', path: '/note', headers }),
      await site.send({ method: 'POST', path: '/anonymous', headers }),
    ].flat()
    const changes = ['/rotate', '/step-up', '/impersonate']
    let token = first
    for (const path of changes) {
      const body = JSON.stringify({ user: 'bob' })
      const current = [site.sameOrigin, site.cookie(token)]
      const reply = await site.send({ method: 'POST', path, headers: current, body })
      token = site.tokenIn(reply)
      replies.push(reply)
    }
    const last = [site.sameOrigin, site.cookie(token)]
    replies.push(await site.send({ method: 'POST', path: '/sign-out', headers: last }))

    for (const reply of [signedIn, ...replies]) {
      assert.equal(reply.status, 200, reply.text)
      const rest = reply.headers.filter(([name]) => name.toLowerCase() !== 'set-cookie')
      assert.doesNotMatch(reply.text + rest.join('\n'), /cloak_/)
    }
  },

  'a bearer sign-in gives the token in the body, and no cookie': async (open) => {
    const site = await open()
    const reply = await signIn(site, { transport: 'bearer' })
    assert.deepEqual(
      valuesOf(reply, 'set-cookie').filter((cookie) => !cookie.startsWith('theme=')),
      [],
    )
    assert.deepEqual(valuesOf(reply, 'cache-control'), ['no-store'])
    const authorization = ['authorization', `Bearer ${JSON.parse(reply.text).token}`] as const
    assert.equal((await site.send({ path: '/me', headers: [authorization] })).status, 200)
    const rotated = await site.send({ method: 'POST', path: '/rotate', headers: [authorization] })
    assertNoCookie(rotated, 'a rotated bearer token')
    assert.match(JSON.parse(rotated.text).token, /^cloak_/)
  },

  'verify never sets or clears a cookie, whether the token lives, is dead or is none': async (
    open,
  ) => {
    const site = await open()
    const idle = await site.signInAs('alice')
    site.clock.advance(7 * 86_400)
    const live = await site.signInAs('alice')
    const revoked = await site.signInAs('alice')
    await site.auth.revoke({ sessionId: revoked.sessionId })
    const cookies = [live.cookie, idle.cookie, revoked.cookie, site.cookie('x'), site.cookie('')]
    const requests: RawRequest[] = ['/me', '/mine', '/verdict', '/step-up-only'].flatMap((path) => [
      { path },
      { path, method: 'HEAD' },
    ])
    requests.push({ path: '/note', method: 'POST' })
    for (const cookie of cookies) {
      for (const request of requests) {
        const reply = await site.send({ ...request, headers: [site.sameOrigin, cookie] })
        assertNoCookie(reply, `${request.path}, ${cookie[1].slice(0, 20)}`)
      }
    }
  },
}

async function signIn(
  site: Site,
  options: { persistent?: boolean; transport?: string } = {},
): Promise<Reply> {
  const reply = await site.send({
    method: 'POST',
    path: '/sign-in',
    headers: [site.sameOrigin],
    body: JSON.stringify({ user: 'alice', ...options }),
  })
  assert.equal(reply.status, 200, reply.text)
  return reply
}

/** Name and attributes of the session cookie, in lower case; `true` for one without a value. */
function attributes(reply: Reply): Record<string, string | true> {
  const [cookie] = valuesOf(reply, 'set-cookie').filter((value) => !value.startsWith('theme='))
  const [pair = '', ...rest] = (cookie ?? '').split('; ')
  const parsed = rest.map((part) => {
    const [name = '', value] = part.split('=')
    return [name.toLowerCase(), value ?? true]
  })
  return { name: pair.slice(0, pair.indexOf('=')), ...Object.fromEntries(parsed) }
}
