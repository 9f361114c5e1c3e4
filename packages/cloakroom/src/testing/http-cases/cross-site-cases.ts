import assert from 'node:assert/strict'
import { assertNoCookie, assertProblem, assertSignedIn, assertSignedOut } from './assertions.ts'
import type { RawHeader } from './raw-request.ts'
import type { Cases, Site } from './site.ts'

const contentTypes = [
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/json',
  undefined,
]
const fetchSites = ['cross-site', 'same-site', 'none', 'same-origin', undefined]
const evil = 'https://evil.example'
const right = 'https://app.example'
const origins = [evil, 'null', right, undefined]

interface Provenance {
  readonly headers: readonly RawHeader[]
  readonly isOwn: boolean
  readonly what: string
}

/** Every way in which a page, a browser of any age, or no browser can have sent a request. */
const provenances: readonly Provenance[] = contentTypes.flatMap((contentType) =>
  fetchSites.flatMap((fetchSite) =>
    origins.map((origin) => {
      const headers = { 'content-type': contentType, 'sec-fetch-site': fetchSite, origin }
      return {
        headers: Object.entries(headers).filter(
          (header): header is [string, string] => !!header[1],
        ),
        isOwn: fetchSite === undefined ? origin === right : fetchSite === 'same-origin',
        what: JSON.stringify(headers),
      }
    }),
  ),
)

const foreign = provenances.filter(({ isOwn }) => !isOwn)
const own = provenances.filter(({ isOwn }) => isOwn)

export const crossSiteCases: Cases = {
  'ASVS 3.5.1, login CSRF: nothing but the own site can sign a browser in': async (open) => {
    const site = await open()
    for (const path of ['/sign-in', '/anonymous']) {
      for (const { headers, isOwn, what } of provenances) {
        const body = JSON.stringify({ user: 'alice' })
        const reply = await site.send({ method: 'POST', path, headers, body })
        if (isOwn) {
          assert.equal(reply.status, 200, what)
          assert.notEqual(site.tokenIn(reply), '')
        } else {
          assertProblem(reply, 403, 'cross_site', what)
          assertNoSessionCookie(site, reply.headers, what)
        }
      }
    }
    assert.equal((await site.auth.list('alice')).length, own.length)
  },

  'ASVS 3.5.1, sign-out CSRF: nothing but the own site can sign a browser out': async (open) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    for (const { headers, what } of foreign) {
      const request = { method: 'POST', path: '/sign-out', headers: [...headers, cookie] }
      const reply = await site.send(request)
      assertProblem(reply, 403, 'cross_site', what)
      assertNoCookie(reply, what)
    }
    await assertSignedIn(site, token, 'alice')
    for (const { headers, what } of own) {
      const next = await site.signInAs('alice')
      const request = { method: 'POST', path: '/sign-out', headers: [...headers, next.cookie] }
      assert.equal((await site.send(request)).status, 200, what)
      await assertSignedOut(site, next.token)
    }
  },

  'CSRF: nothing but the own site can rotate, step up or impersonate': async (open) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    for (const path of ['/rotate', '/step-up', '/impersonate']) {
      for (const { headers, what } of foreign) {
        const body = JSON.stringify({ user: 'bob' })
        const request = { method: 'POST', path, headers: [...headers, cookie], body }
        const reply = await site.send(request)
        assertProblem(reply, 403, 'cross_site', `${path} ${what}`)
        assertNoCookie(reply, what)
      }
    }
    await assertSignedIn(site, token, 'alice')
    assert.equal((await site.auth.list('bob')).length, 0)
  },

  'ASVS 3.5.1 and 3.5.2: no unsafe method reaches a handler from elsewhere': async (open) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    const methods = ['POST', 'PUT', 'PATCH', 'DELETE']
    for (const method of methods) {
      for (const { headers, isOwn, what } of provenances) {
        const request = { method, path: '/note', headers: [...headers, cookie] }
        const reply = await site.send(request)
        if (isOwn) assert.equal(reply.status, 200, `${method} ${what}`)
        else assertProblem(reply, 403, 'cross_site', `${method} ${what}`)
        assertNoCookie(reply, what)
      }
    }
    assert.equal(await notes(site, token), methods.length * own.length)
  },

  'origins that look like the own one are others': async (open) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    const lookAlikes: RawHeader[][] = [
      [['origin', `${right}.evil.example`]],
      [['origin', 'https://evil-app.example']],
      [['origin', 'https://evil.example/https://app.example']],
      [['origin', 'http://app.example']],
      [['origin', `${right}:8443`]],
      [['origin', `${right}/`]],
      [['origin', 'HTTPS://APP.EXAMPLE']],
      [['origin', '']],
      [['origin', `${right} ${evil}`]],
      [
        ['origin', right],
        ['origin', evil],
      ],
      [['referer', `${right}/`]],
      [
        ['origin', right],
        ['sec-fetch-site', 'cross-site'],
      ],
      [
        ['sec-fetch-site', 'same-origin'],
        ['sec-fetch-site', 'cross-site'],
      ],
      [['sec-fetch-site', 'Same-Origin']],
      [['sec-fetch-site', '']],
      [['x-http-method-override', 'GET']],
    ]
    for (const headers of lookAlikes) {
      const request = { method: 'POST', path: '/note', headers: [...headers, cookie] }
      assertProblem(await site.send(request), 403, 'cross_site', headers.join(' '))
    }
    assert.equal(await notes(site, token), 0)
  },

  'safe methods pass from anywhere: they change nothing': async (open) => {
    const site = await open()
    const { cookie } = await site.signInAs('alice')
    for (const method of ['GET', 'HEAD']) {
      for (const { headers, what } of provenances) {
        const reply = await site.send({ method, path: '/me', headers: [...headers, cookie] })
        assert.equal(reply.status, 200, what)
      }
    }
  },

  'a request whose only credential is a bearer token is exempt, a cookie beside it is not': async (
    open,
  ) => {
    const site = await open()
    const { token, cookie } = await site.signInAs('alice')
    const bearer = ['authorization', `Bearer ${token}`] as const
    for (const { headers, what } of foreign) {
      const request = { method: 'POST', path: '/note', headers: [...headers, bearer] }
      assert.equal((await site.send(request)).status, 200, what)
      const both = { ...request, headers: [...request.headers, cookie] }
      assertProblem(await site.send(both), 403, 'cross_site', what)
    }
    assert.equal(await notes(site, token), foreign.length)
  },
}

async function notes(site: Site, token: string): Promise<unknown> {
  const verification = await site.auth.verify(token)
  return verification.session?.data.notes ?? 0
}

function assertNoSessionCookie(site: Site, headers: readonly RawHeader[], what: string): void {
  const all = headers.map(([, value]) => value).join('\n')
  assert.ok(!all.includes(`${site.auth.http.cookieName}=`), what)
}
