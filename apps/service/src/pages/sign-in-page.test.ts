import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { password } from '../../test/client.ts'
import { createPageClient, locationOf, newPageUser } from '../../test/page-client.ts'
import { startService, type TestService } from '../../test/start-service.ts'

let running: TestService
before(async () => {
  running = await startService()
  await newPageUser(running.origin, 'ada@example.com')
})
after(() => running.stop())

const credentials = { email: 'ada@example.com', password }

test('signing in leads to where one wanted to go', async () => {
  const ada = createPageClient(running.origin)
  const asked = await ada.get('/admin/users?query=b%40x&done=user_blocked')
  const signIn = locationOf(asked)
  assert.equal(signIn, '/sign-in?return_to=%2Fadmin%2Fusers%3Fquery%3Db%2540x')
  const shown = await ada.get(signIn)
  assert.match(shown.text, /name="return_to" value="\/admin\/users\?query=b%40x"/)
  const signedIn = await ada.submit('/sign-in', {
    ...credentials,
    return_to: '/admin/users?query=b%40x',
  })
  assert.equal(locationOf(signedIn), '/admin/users?query=b%40x')
})

test('signing in never leads to another site', async () => {
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    '/%0d%0aset-cookie:%20a=b',
    'http://localhost@evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
  ]) {
    const ada = createPageClient(running.origin)
    const shown = await ada.get(`/sign-in?${new URLSearchParams({ return_to: evil })}`)
    assert.equal(shown.text.includes('return_to'), false, evil)
    const signedIn = await ada.submit('/sign-in', { ...credentials, return_to: evil })
    assert.equal(locationOf(signedIn), '/account', evil)
    const again = await ada.get(`/sign-in?${new URLSearchParams({ return_to: evil })}`)
    assert.equal(locationOf(again), '/account', evil)
    const steppedUp = await ada.submit('/step-up', { password, return_to: evil })
    assert.equal(locationOf(steppedUp), '/account?done=confirmed', evil)
  }
})

test('whoever is signed in is sent on from sign-in and sign-up', async () => {
  const ada = createPageClient(running.origin)
  await ada.submit('/sign-in', credentials)
  assert.equal(locationOf(await ada.get('/sign-in')), '/account')
  assert.equal(
    locationOf(await ada.get('/sign-in?return_to=/account/password')),
    '/account/password',
  )
  assert.equal(locationOf(await ada.get('/sign-up')), '/account')
  assert.equal(locationOf(await ada.get('/')), '/account')
})

test('"Keep me signed in" decides whether the cookie outlives the browser', async () => {
  const ada = createPageClient(running.origin)
  const short = await ada.submit('/sign-in', credentials)
  assert.doesNotMatch(short.headers.getSetCookie().join(), /max-age/i)
  const long = await ada.sendForm('/sign-in', { ...credentials, persistent: 'yes' })
  assert.match(long.headers.getSetCookie().join(), /max-age=25\d{5}\b/i)
})

test('unknown address, wrong password and blocked user get one and the same page', async () => {
  const blocked = await newPageUser(running.origin, 'blocked@example.com')
  await blocked.get('/account')
  await running.sql("update users set banned = true where email = 'blocked@example.com'")
  const stranger = createPageClient(running.origin)
  const answers = await Promise.all(
    [
      { email: 'nobody@example.com', password },
      { email: 'ada@example.com', password: 'this is not her passphrase' },
      { email: 'blocked@example.com', password },
    ].map(async (fields) => {
      const { status, headers, text } = await stranger.submit('/sign-in', fields)
      const [challenge, cookies] = [headers.get('www-authenticate'), headers.getSetCookie()]
      return { status, challenge, cookies, text: text.replace(fields.email, 'EMAIL') }
    }),
  )
  const [first, ...others] = answers
  assert.equal(first?.status, 401)
  assert.equal(first?.challenge, 'Cookie cookie-name="cloakroom-session"')
  assert.deepEqual(first?.cookies, [])
  for (const other of others) assert.deepEqual(other, first)
})

test('a form that is shown again keeps what was typed, and never a password', async () => {
  const typed = 'this is not her passphrase'
  const stranger = createPageClient(running.origin)
  const signIn = await stranger.submit('/sign-in', {
    email: 'ada@example.com',
    password: typed,
    persistent: 'yes',
    return_to: '/account/password',
  })
  assert.equal(signIn.status, 401)
  assert.match(signIn.text, /name="email"[^>]*value="ada@example.com"/)
  assert.match(signIn.text, /name="persistent"[^>]*checked/)
  assert.match(signIn.text, /name="return_to" value="\/account\/password"/)
  assert.equal(signIn.text.includes(typed), false)
  assert.match(signIn.text, /role="alert"/)

  const signUp = await stranger.submit('/sign-up', {
    email: 'new@example.com',
    password: 'too short',
    repeated: 'too short',
  })
  assert.equal(signUp.status, 422)
  assert.match(signUp.text, /name="email"[^>]*value="new@example.com"/)
  assert.equal(signUp.text.includes('too short'), false)
  assert.match(
    signUp.text,
    /name="password"[^>]*aria-describedby="password-problem password-hint"\s+aria-invalid="true"/,
  )
  assert.match(signUp.text, /<title>Error: /)
})

test('who guesses too often is told when to try again', async () => {
  const guesser = createPageClient(running.origin)
  let answer = await guesser.submit('/sign-in', { email: 'guessed@example.com', password: 'x' })
  for (let guess = 0; guess < 50 && answer.status === 401; guess += 1) {
    answer = await guesser.sendForm('/sign-in', { email: 'guessed@example.com', password: 'x' })
  }
  assert.equal(answer.status, 429)
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  assert.match(answer.text, /Too many attempts\. Try again in \d+ (?:second|minute)/)
  assert.match(answer.text, /value="guessed@example.com"/)
})
