import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { password } from '../../test/client.ts'
import {
  createPageClient,
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

const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
const tenMinutes = 600

async function signedIn(email: string, headers: Record<string, string> = {}): Promise<PageClient> {
  const client = createPageClient(running.origin, headers)
  locationOf(await client.submit('/sign-in', { email, password }))
  return client
}

/** The ids of the sessions that a page offers to end. */
function endableIn(page: string): string[] {
  return [...page.matchAll(/name="end" value="([\w-]{36})"/g)].map(([, id]) => id ?? '')
}

test('the account page shows where one is signed in, and which of these is here', async () => {
  const laptop = await newPageUser(running.origin, 'list@example.com', {
    'user-agent': 'curl/8.9.1',
  })
  await running.advance(3 * 3600)
  await signedIn('list@example.com', { 'user-agent': iPhone })
  const { text } = await laptop.get('/account')
  assert.match(text, /Signed in as <strong[^>]*>list@example\.com<\/strong>/)
  const [here = '', there = ''] = text.split('<li class="session').slice(1)
  assert.match(here, /<h3>curl\/8\.9\.1<\/h3>\s*<span class="badge">This device<\/span>/)
  assert.match(here, /3 hours ago/)
  assert.match(there, /<h3>Safari on iPhone<\/h3>/)
  assert.doesNotMatch(there, /This device/)
  assert.match(there, /<dt>IP address<\/dt><dd>127\.0\.0\.1<\/dd>/)
  assert.match(
    there,
    /<time datetime="\d{4}-\d\d-\d\dT[\d:.]+Z">\d+ \w{3,4} \d{4}, \d\d:\d\d UTC<\/time>/,
  )
})

test('a session that is ended from the list is out on its next request', async () => {
  const laptop = await newPageUser(running.origin, 'end@example.com')
  const phone = await signedIn('end@example.com')
  const [id = ''] = endableIn((await laptop.get('/account')).text)
  assert.equal(
    locationOf(await laptop.submit('/account', { end: id })),
    '/account?done=session_ended',
  )
  assert.equal(locationOf(await phone.get('/account')), '/sign-in')
  const { text } = await laptop.get('/account?done=session_ended')
  assert.match(text, /role="status">The session has ended\.</)
  assert.deepEqual(endableIn(text), [])
})

test("somebody else's session and one that has ended are a 404 page", async () => {
  const ada = await newPageUser(running.origin, 'ada@example.com')
  const bob = await newPageUser(running.origin, 'bob@example.com')
  await signedIn('bob@example.com')
  const [id = ''] = endableIn((await bob.get('/account')).text)
  assert.equal((await ada.submit('/account', { end: id })).status, 404)
  assert.deepEqual(endableIn((await bob.get('/account')).text), [id])
  await bob.submit('/account', { end: id })
  assert.equal((await bob.submit('/account', { end: id })).status, 404)
  assert.equal((await bob.submit('/account', { end: 'nonsense' })).status, 404)
  assert.equal((await bob.submit('/account')).status, 404)
})

test('what needs step-up is asked for again afterwards, and never done by itself', async () => {
  const laptop = await newPageUser(running.origin, 'step@example.com')
  const phone = await signedIn('step@example.com')
  await running.advance(tenMinutes)

  const refused = await laptop.submit('/account', { end: 'others' })
  assert.equal(locationOf(refused), '/step-up')
  assert.equal((await phone.get('/account')).status, 200)

  const wrong = await laptop.submit('/step-up', { password: 'not it', return_to: '/setup' })
  assert.equal(wrong.status, 401)
  assert.match(wrong.text, /id="password-problem">That is not your password\./)
  assert.match(wrong.text, /name="return_to" value="\/setup"/)

  const before = laptop.cookie()
  const confirmed = await laptop.submit('/step-up', { password })
  assert.equal(locationOf(confirmed), '/account?done=confirmed')
  assert.notEqual(laptop.cookie(), before)
  assert.equal((await phone.get('/account')).status, 200)

  assert.equal(
    locationOf(await laptop.submit('/account', { end: 'others' })),
    '/account?done=others_ended',
  )
  assert.equal(locationOf(await phone.get('/account')), '/sign-in')
})

test('the password page asks for step-up before anything is typed', async () => {
  const client = await newPageUser(running.origin, 'early@example.com')
  await running.advance(tenMinutes)
  const stepUp = '/step-up?return_to=%2Faccount%2Fpassword'
  assert.equal(locationOf(await client.get('/account/password')), stepUp)
  await client.submit('/step-up', { password, return_to: '/account/password' })
  assert.equal((await client.get('/account/password?done=confirmed')).status, 200)
})

test('a new password ends the other sessions unless asked not to', async () => {
  const email = 'change@example.com'
  const laptop = await newPageUser(running.origin, email)
  const phone = await signedIn(email)
  const next = 'an entirely different passphrase'
  const change = { current: password, password: next, repeated: next }
  assert.equal(
    locationOf(await laptop.submit('/account/password', change)),
    '/account?done=password_changed_others_kept',
  )
  assert.equal((await phone.get('/account')).status, 200)

  const back = { current: next, password, repeated: password, end_others: 'yes' }
  assert.equal(
    locationOf(await laptop.submit('/account/password', back)),
    '/account?done=password_changed',
  )
  assert.equal((await laptop.get('/account')).status, 200)
  assert.equal(locationOf(await phone.get('/account')), '/sign-in')
})

test('a password that is refused is told at its own field', async () => {
  const client = await newPageUser(running.origin, 'fields@example.com')
  assert.match((await client.get('/account/password')).text, /name="end_others"[^>]* checked/)
  for (const [fields, name, words] of [
    [{ current: 'wrong', password, repeated: password }, 'current', 'That is not your password'],
    [{ current: password, password: 'short', repeated: 'other' }, 'repeated', 'not the same'],
    [{ current: password, password: 'zxqvwk', repeated: 'zxqvwk' }, 'password', 'at least 15'],
  ] as const) {
    const { status, text } = await client.submit('/account/password', fields)
    assert.equal(status, name === 'current' ? 401 : 422)
    assert.match(text, new RegExp(`id="${name}-problem">[^<]*${words}`))
    assert.equal(text.match(/aria-invalid/g)?.length, 1)
    // It was not ticked in what was sent.
    assert.doesNotMatch(text, /name="end_others"[^>]* checked/)
  }
})

test('an impersonated session says so everywhere, and may not touch the account', async () => {
  const { service, origin } = running
  const admin = await newPageUser(origin, 'acting@example.com')
  const user = await newPageUser(origin, 'acted@example.com')
  await signedIn('acted@example.com')
  const [row] = await running.sql("select id from users where email = 'acted@example.com'")
  const token = admin.cookie()?.split('=')[1]
  const acting = createPageClient(origin)
  const issued = await service.auth.impersonate(token, `${row?.id}`)
  acting.useCookie(`cloakroom-session=${issued.token}`)

  const { text } = await acting.get('/account')
  assert.match(text, /You are acting as acted@example\.com/)
  assert.match((await user.get('/account')).text, /An administrator acting as this user/)
  for (const [path, fields] of [
    ['/account', { end: 'others' }],
    ['/step-up', { password }],
    ['/account/password', { current: password, password: 'x', repeated: 'x' }],
  ] as const) {
    const form_token = /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const answer = await acting.sendForm(path, { form_token, ...fields })
    assert.equal(answer.status, 403, path)
    assert.match(answer.text, /<h1>Not while acting as somebody<\/h1>/)
  }
  for (const path of ['/step-up', '/account/password']) {
    assert.equal((await acting.get(path)).status, 403, path)
  }
})

test('a database that does not answer is a 503 page and a line in the log, and signs nobody out', async () => {
  const client = await newPageUser(running.origin, 'outage@example.com')
  await running.sql('alter table cloakroom_sessions rename to elsewhere')
  try {
    const answer = await client.get('/account')
    assert.equal(answer.status, 503)
    assert.equal(answer.headers.get('retry-after'), '5')
    assert.match(answer.text, /<h1>We cannot answer just now<\/h1>/)
    assert.deepEqual(answer.headers.getSetCookie(), [])
    assert.equal(running.logged.at(-1)?.event, 'sys_crash')
  } finally {
    await running.sql('alter table elsewhere rename to cloakroom_sessions')
  }
  assert.equal((await client.get('/account')).status, 200)
})
