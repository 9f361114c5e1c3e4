import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  createPageClient,
  locationOf,
  newPageAdministrator,
  newPageUser,
  type PageClient,
} from '../../test/page-client.ts'
import { startService, type TestService } from '../../test/start-service.ts'
import { assets } from './assets.ts'

let running: TestService
let administrator: PageClient
let user: PageClient
let signedInPages: readonly string[]
let postable: readonly string[]

before(async () => {
  running = await startService()
  administrator = await newPageAdministrator(running)
  user = await newPageUser(running.origin, 'user@example.com')
  const [row] = await running.sql("select id from users where email = 'user@example.com'")
  const userPage = `/admin/users/${row?.id}`
  const withForms = ['/step-up', '/account', '/account/password', '/setup', '/admin/invites']
  const aboutUser = [userPage, `${userPage}/block`, `${userPage}/end-sessions`]
  postable = [...withForms, ...aboutUser, '/admin/end-everybodys-sessions']
  signedInPages = [...postable, '/admin/users', '/admin/audit']
})
after(() => running.stop())

const openPages = ['/sign-in', '/sign-up']

function tagsOf(page: string, name: string): string[] {
  return page.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? []
}

test('no page is seen, and nothing is done, without a session', async () => {
  const stranger = createPageClient(running.origin)
  for (const path of signedInPages) {
    const signIn =
      path === '/account' ? '/sign-in' : `/sign-in?return_to=${encodeURIComponent(path)}`
    assert.equal(locationOf(await stranger.get(path)), signIn)
    if (!postable.includes(path)) continue
    const posted = await stranger.sendForm(path, { end: 'others', unblock: 'yes', code: 'x' })
    assert.equal(locationOf(posted), signIn)
  }
})

test('every page for administrators is a 403 page to everybody else', async () => {
  for (const path of signedInPages.filter((path) => path.startsWith('/admin/'))) {
    const answers = [await user.get(path)]
    if (postable.includes(path)) {
      const form_token = /name="form_token" value="([^"]+)"/.exec(answers[0]?.text ?? '')?.[1] ?? ''
      answers.push(await user.sendForm(path, { form_token, unblock: 'yes' }))
    }
    for (const { status, text } of answers) {
      assert.equal(status, 403, path)
      assert.match(text, /<h1>For administrators only<\/h1>/)
    }
  }
})

test('every page of somebody signed in has the sign-out button (ASVS 7.4.4)', async () => {
  for (const path of [...signedInPages, '/nothing-here', '/sign-out']) {
    const { text } = await administrator.get(path)
    assert.match(
      text,
      /<form method="post" action="\/sign-out"[^>]*>\s*<input type="hidden" name="form_token"/,
    )
  }
  for (const path of openPages) {
    const { text } = await createPageClient(running.origin).get(path)
    assert.doesNotMatch(text, /action="\/sign-out"/)
  }
})

test('every input has a label, every password its kind, and every form its token', async () => {
  const stranger = createPageClient(running.origin)
  const pages = [
    ...(await Promise.all(openPages.map((path) => stranger.get(path)))),
    ...(await Promise.all(signedInPages.map((path) => administrator.get(path)))),
  ]
  for (const { text, status } of pages) {
    assert.equal(status, 200)
    for (const input of tagsOf(text, 'input')) {
      if (/type="hidden"| hidden>/.test(input)) continue
      const id = /\bid="([^"]+)"/.exec(input)?.[1]
      assert.ok(text.includes(`<label for="${id}">`), input)
    }
    for (const input of tagsOf(text, 'input').filter((tag) =>
      /name="\w*(password|current|repeated)/.test(tag),
    )) {
      assert.match(input, /type="password" autocomplete="(?:new|current)-password"/)
      assert.doesNotMatch(input, /\bon\w+=|maxlength|\bvalue=/)
    }
    const signedIn = text.includes('action="/sign-out"')
    const forms = text
      .split('<form ')
      .slice(1)
      .filter((form) => /^method="post"/.test(form))
    if (signedIn) for (const form of forms) assert.match(form, /name="form_token"/)
  }
})

test('no page has a script, an inline style, or anything from elsewhere', async () => {
  const stranger = createPageClient(running.origin)
  for (const path of [...openPages, ...signedInPages]) {
    const { text, headers } = await (openPages.includes(path) ? stranger : administrator).get(path)
    assert.doesNotMatch(text, /<script|<style|\sstyle=|\son\w+=|javascript:|https?:/i, path)
    for (const [, address] of text.matchAll(/\b(?:src|href|action)="([^"]*)"/g)) {
      assert.match(address ?? '', /^(?:\/(?!\/)|#)/)
    }
    assert.match(text, /^<!doctype html>\s*<html lang="en">/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.match(headers.get('content-type') ?? '', /^text\/html; charset=UTF-8$/i)
  }
})

test('what is not done at an address is a 405 page there, and changes nothing', async () => {
  const all = [...openPages, ...signedInPages, '/', '/sign-out']
  for (const path of all) {
    const allowed = new Set<string>()
    if (path !== '/sign-out') allowed.add('GET').add('HEAD')
    if (postable.includes(path) || openPages.includes(path) || path === '/sign-out')
      allowed.add('POST')
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      if (allowed.has(method)) continue
      const form_token = /value="([\w-]{43})"/.exec((await administrator.get('/account')).text)?.[1]
      const answer = await administrator.send(method, path, {
        headers: { origin: running.origin, 'content-type': 'application/x-www-form-urlencoded' },
        ...(method !== 'GET' && { body: `form_token=${form_token}` }),
      })
      assert.equal(answer.status, 405, `${method} ${path}`)
      assert.deepEqual(new Set(answer.headers.get('allow')?.split(', ')), allowed)
      assert.match(answer.text, /<h1>That cannot be done like this<\/h1>/)
    }
  }
  assert.equal((await administrator.get('/account')).status, 200)
})

test('an address with nothing there is a 404 page, whoever asks', async () => {
  for (const client of [administrator, createPageClient(running.origin)]) {
    const answer = await client.get('/%3Cscript%3Ealert(1)%3C/script%3E')
    assert.equal(answer.status, 404)
    assert.match(answer.text, /<h1>There is nothing here<\/h1>/)
    assert.doesNotMatch(answer.text, /<script/)
  }
})

test('stylesheet and icon may be kept for good: their hash is in their address', async () => {
  const { text } = await createPageClient(running.origin).get('/sign-in')
  for (const { path, type } of assets) {
    assert.ok(text.includes(path))
    const answer = await createPageClient(running.origin).get(path, { 'sec-fetch-dest': 'style' })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), type)
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  }
})

test('text that a user chose stays text (ASVS 3.2.2)', async () => {
  const email = '<script>alert(1)</script>"\'&@example.com'
  const canary = `"><script>alert(2)</script><img src=x onerror=alert(3)>'`
  const mallory = await newPageUser(running.origin, email, {
    'user-agent': "O'Brien&Sons/1.0 <svg/onload=1>",
  })
  const own = await mallory.get('/account')
  assert.match(own.text, /<h3>O&#39;Brien&amp;Sons\/1\.0<\/h3>/)
  const search = await administrator.get(
    `/admin/users?${new URLSearchParams({ query: '<script' })}`,
  )
  const [row] = await running.sql('select id from users where email = ?', email)
  const seen = await administrator.get(`/admin/users/${row?.id}`)
  await administrator.submit(`/admin/users/${row?.id}`, { unblock: 'yes' })
  const audit = await administrator.get('/admin/audit')
  for (const { status, text } of [own, search, seen, audit]) {
    assert.equal(status, 200)
    assert.ok(text.includes('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;@example.com'))
  }
  const echoed = [
    await administrator.get(`/admin/users?${new URLSearchParams({ query: canary })}`),
    await createPageClient(running.origin).get(
      `/sign-in?${new URLSearchParams({ return_to: canary })}`,
    ),
    await createPageClient(running.origin).submit('/sign-in', { email: canary, password: canary }),
  ]
  for (const code of [canary, '__proto__', 'constructor', '']) {
    const { text } = await administrator.get(`/account?${new URLSearchParams({ done: code })}`)
    assert.doesNotMatch(text, /role="status"/, `done=${code} says nothing`)
  }
  for (const { text } of [own, search, seen, audit, ...echoed]) {
    assert.doesNotMatch(text, /<script|<img|<b>|<svg\/|undefined|\[object/)
  }
})
