import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { password } from '../../test/client.ts'
import {
  createPageClient,
  formTokenIn,
  locationOf,
  newPageUser,
  type PageClient,
} from '../../test/page-client.ts'
import { startService, type TestService } from '../../test/start-service.ts'

let running: TestService
before(async () => {
  running = await startService()
})
after(() => running.stop())

/** Signed in here and on another device. */
async function onTwoDevices(email: string): Promise<[PageClient, PageClient]> {
  const here = await newPageUser(running.origin, email)
  const there = createPageClient(running.origin)
  await there.submit('/sign-in', { email, password })
  return [here, there]
}

async function isSignedIn(client: PageClient): Promise<boolean> {
  const { status } = await client.get('/account')
  return status === 200
}

test('a form sent by another site gets a 403 page, and changes nothing', async () => {
  const [here, there] = await onTwoDevices('csrf@example.com')
  const form_token = formTokenIn((await here.get('/account')).text) ?? ''
  for (const [name, headers] of Object.entries<Record<string, string>>({
    'another site': { 'sec-fetch-site': 'cross-site' },
    'a subdomain': { 'sec-fetch-site': 'same-site' },
    'the address bar': { 'sec-fetch-site': 'none' },
    'another origin, in an old browser': { origin: 'https://evil.example' },
    'a sandboxed frame': { origin: 'null' },
    'nobody knows where': { origin: '' },
  })) {
    for (const [path, fields] of [
      ['/account', { end: 'others' }],
      ['/sign-out', {}],
      ['/sign-in', { email: 'csrf@example.com', password }],
      ['/sign-up', { email: 'planted@example.com', password, repeated: password }],
    ] as const) {
      const answer = await here.sendForm(path, { form_token, ...fields }, headers)
      assert.equal(answer.status, 403, `${path} from ${name}`)
      assert.match(answer.text, /<h1>That came from somewhere else<\/h1>/)
      assert.deepEqual(answer.headers.getSetCookie(), [])
    }
  }
  assert.equal(await isSignedIn(here), true)
  assert.equal(await isSignedIn(there), true)
  assert.deepEqual(await running.sql("select 1 from users where email = 'planted@example.com'"), [])
})

test("a form without this session's own token gets a 403 page, and changes nothing", async () => {
  const [here, there] = await onTwoDevices('token@example.com')
  const own = formTokenIn((await here.get('/account')).text) ?? ''
  const others = formTokenIn((await there.get('/account')).text) ?? ''
  assert.notEqual(own, others)
  for (const [name, fields] of Object.entries<Record<string, string>>({
    none: {},
    empty: { form_token: '' },
    "another session's": { form_token: others },
    truncated: { form_token: own.slice(0, -1) },
    'with more at its end': { form_token: `${own}A` },
    'not ASCII': { form_token: 'é'.repeat(43) },
  })) {
    for (const path of ['/account', '/sign-out', '/step-up', '/setup', '/account/password']) {
      const answer = await here.sendForm(path, { end: 'others', ...fields })
      assert.equal(answer.status, 403, `${path}, token: ${name}`)
      assert.match(answer.text, /<h1>That page was out of date<\/h1>/)
      assert.deepEqual(answer.headers.getSetCookie(), [])
    }
  }
  assert.equal(await isSignedIn(here), true)
  assert.equal(await isSignedIn(there), true)
})

test('the token of a form dies with the session token: at step-up and at the next sign-in', async () => {
  const email = 'dies@example.com'
  const client = await newPageUser(running.origin, email)
  const first = formTokenIn((await client.get('/account')).text) ?? ''
  await client.submit('/step-up', { password })
  assert.equal((await client.sendForm('/sign-out', { form_token: first })).status, 403)
  const second = formTokenIn((await client.get('/account')).text) ?? ''
  const signedOut = await client.submit('/sign-out')
  assert.equal(locationOf(signedOut), '/sign-in?done=signed_out')
  assert.equal(signedOut.headers.get('clear-site-data'), '"cache", "storage"')
  await client.submit('/sign-in', { email, password })
  assert.equal((await client.sendForm('/sign-out', { form_token: second })).status, 403)
  assert.equal(await isSignedIn(client), true)
})

test('what is no form is not read', async () => {
  const [here, there] = await onTwoDevices('type@example.com')
  const form_token = formTokenIn((await here.get('/account')).text) ?? ''
  const { origin } = running
  const body = new URLSearchParams({ form_token, end: 'others' }).toString()
  for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json', '']) {
    const headers = { origin, 'content-type': type }
    const answer = await here.send('POST', '/account', { headers, body })
    assert.equal(answer.status, 415, type)
  }
  const large = await here.sendForm('/account', { form_token, end: 'x'.repeat(20_000) })
  assert.equal(large.status, 413)
  assert.match(large.text, /<h1>That is too much<\/h1>/)
  assert.equal(await isSignedIn(there), true)
})

test('a page cannot be loaded as a part of another (ASVS 3.2.1)', async () => {
  const client = await newPageUser(running.origin, 'part@example.com')
  for (const destination of ['image', 'script', 'style', 'iframe', 'frame', 'object', 'embed']) {
    const answer = await client.get('/account', { 'sec-fetch-dest': destination })
    assert.equal(answer.status, 403, destination)
    assert.equal(answer.text.includes('part@example.com'), false)
  }
  for (const destination of ['document', 'empty']) {
    const answer = await client.get('/account', { 'sec-fetch-dest': destination })
    assert.equal(answer.status, 200, destination)
  }
})

test('a page never sets or clears a cookie unless somebody signs in or out', async () => {
  const client = await newPageUser(running.origin, 'stale@example.com')
  const stale = client.cookie() ?? ''
  await client.submit('/step-up', { password })
  for (const cookie of [stale, 'cloakroom-session=nonsense', 'cloakroom-session=']) {
    const answer = await client.get('/account', { cookie })
    assert.equal(locationOf(answer), '/sign-in')
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
  assert.equal(await isSignedIn(client), true)
})

test('two session cookies at once open nothing', async () => {
  const client = await newPageUser(running.origin, 'two@example.com')
  const cookie = `${client.cookie()}; cloakroom-session=cloak_planted`
  const answer = await client.get('/account', { cookie })
  assert.equal(answer.status, 400)
  assert.match(answer.text, /<h1>Two tickets at once<\/h1>/)
})

test('a bearer token is not looked at: pages are for browsers', async () => {
  const client = await newPageUser(running.origin, 'bearer@example.com')
  const token = client.cookie()?.split('=')[1]
  const headers = { authorization: `Bearer ${token}`, cookie: '' }
  assert.equal(locationOf(await client.get('/account', headers)), '/sign-in')
})
