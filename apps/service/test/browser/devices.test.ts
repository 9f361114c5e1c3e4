import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launchChromium } from '@cloakroom/test-servers/chromium'
import type { Browser } from 'playwright-core'
import { createClient, password } from '../client.ts'
import { startService, type TestService } from '../start-service.ts'
import { newDevice, textOf } from './browser.ts'

let browser: Browser
let running: TestService
before(async () => {
  running = await startService()
  browser = await launchChromium()
})
after(async () => {
  await browser?.close()
  await running.stop()
})

const tenMinutes = 600
const iPhone = {
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  viewport: { width: 390, height: 844 },
}

test('two devices and an administrator: whoever is signed out is out on the next click', async () => {
  const { origin } = running
  const laptop = await newDevice(browser, origin)
  const phone = await newDevice(browser, origin, iPhone)
  await laptop.signUp('ada@example.com')
  await phone.signIn('ada@example.com')

  await laptop.page.reload()
  const sessions = laptop.page.getByRole('listitem')
  const onPhone = sessions.filter({ hasText: 'Safari on iPhone' })
  assert.equal(await sessions.filter({ hasText: 'This device' }).count(), 1)
  assert.match(await textOf(onPhone), /127\.0\.0\.1/)
  await onPhone.getByRole('button', { name: 'End session on Safari on iPhone' }).click()
  assert.equal(await textOf(laptop.page.getByRole('status')), 'The session has ended.')
  await phone.page.getByRole('link', { name: 'Change password' }).click()
  assert.equal(phone.path(), '/sign-in?return_to=%2Faccount%2Fpassword')

  await phone.signIn('ada@example.com')
  const desk = await newDevice(browser, origin)
  await desk.signUp('admin@example.com')
  await desk.page.getByRole('link', { name: 'Enter the setup code' }).click()
  await desk.page.getByLabel('Setup code').fill(running.setupCode ?? '')
  await desk.press('Become administrator')
  await desk.page.getByRole('link', { name: 'Users' }).click()
  await desk.page.getByLabel('Email address begins with').fill('ada')
  await desk.press('Search')
  await desk.page.getByRole('link', { name: 'ada@example.com' }).click()
  await desk.page.getByRole('link', { name: 'Block user' }).click()
  await desk.press('Block user')
  assert.equal(
    await textOf(desk.page.getByRole('status')),
    'The user is blocked, and all their sessions have ended.',
  )
  for (const device of [laptop, phone]) {
    await device.page.getByRole('link', { name: 'Account', exact: true }).click()
    assert.equal(device.path(), '/sign-in')
  }
  await desk.page.getByRole('link', { name: 'Audit log' }).click()
  assert.match(await textOf(desk.page.getByRole('row').nth(1)), /User blocked.*ada@example\.com/s)

  for (const device of [laptop, phone, desk]) await device.close()
})

test('Back after a log-out shows nothing of the account', async () => {
  const device = await newDevice(browser, running.origin)
  await device.signUp('back@example.com')
  await device.open('/account/password')
  await device.open('/account')
  assert.match(await device.page.content(), /back@example\.com/)
  await device.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click()
  assert.equal(await textOf(device.page.getByRole('status')), 'You are signed out.')
  for (const path of ['/account', '/account/password']) {
    // A page that the browser kept whole would be shown without being loaded.
    await device.page.goBack({ waitUntil: 'commit' })
    const heading = await textOf(device.page.getByRole('heading', { level: 1 }))
    assert.equal(heading, 'Sign in', `back at ${path}`)
    assert.doesNotMatch(await device.page.content(), /back@example\.com/)
  }
  await device.close()
})

test('a session that somebody planted before the log-in is worth nothing afterwards', async () => {
  const attacker = await newDevice(browser, running.origin)
  await attacker.signUp('attacker@example.com')
  const [planted] = await attacker.page.context().cookies()
  assert.ok(planted)

  const victim = await newDevice(browser, running.origin)
  const { name, value, domain, path } = planted
  await createClient(running.origin).post('/api/sign-up', { email: 'victim@example.com', password })
  await victim.open('/sign-in')
  await victim.page.context().addCookies([{ name, value, domain, path }])
  await victim.page.getByLabel('Email address').fill('victim@example.com')
  await victim.page.getByLabel('Password').fill(password)
  await victim.press('Sign in')
  assert.match(await textOf(victim.page.getByRole('main')), /Signed in as victim@example\.com/)

  const cookies = await victim.page.context().cookies()
  assert.equal(cookies.length, 1)
  assert.notEqual(cookies[0]?.value, value)
  assert.deepEqual(
    { httpOnly: cookies[0]?.httpOnly, sameSite: cookies[0]?.sameSite, path: cookies[0]?.path },
    { httpOnly: true, sameSite: 'Lax', path: '/' },
  )
  await attacker.page.reload()
  assert.equal(attacker.path(), '/sign-in')
  await attacker.close()
  await victim.close()
})

test('ten minutes after the sign-in the password is asked for first, and the button pressed again', async () => {
  const laptop = await newDevice(browser, running.origin)
  const phone = await newDevice(browser, running.origin, iPhone)
  await laptop.signUp('step@example.com')
  await phone.signIn('step@example.com')
  await laptop.page.reload()
  await running.advance(tenMinutes)

  await laptop.press('End all other sessions')
  assert.equal(
    await textOf(laptop.page.getByRole('heading', { level: 1 })),
    'Confirm that it’s you',
  )
  await laptop.page.getByLabel('Password').fill('not my password at all')
  await laptop.press('Confirm')
  assert.match(await textOf(laptop.page.getByRole('main')), /That is not your password/)
  await laptop.page.getByLabel('Password').fill(password)
  await laptop.press('Confirm')
  assert.equal(laptop.path(), '/account?done=confirmed')
  await phone.page.reload()
  assert.equal(phone.path(), '/account')

  await laptop.press('End all other sessions')
  assert.equal(laptop.path(), '/account?done=others_ended')
  await phone.page.reload()
  assert.equal(phone.path(), '/sign-in')
  await laptop.close()
  await phone.close()
})

test('a password change ends the other sessions, and this one goes on', async () => {
  const laptop = await newDevice(browser, running.origin)
  const phone = await newDevice(browser, running.origin, iPhone)
  await laptop.signUp('change@example.com')
  await phone.signIn('change@example.com')
  await running.advance(tenMinutes)

  await laptop.page.getByRole('link', { name: 'Change password' }).click()
  await laptop.page.getByLabel('Password').fill(password)
  await laptop.press('Confirm')
  assert.equal(laptop.path(), '/account/password?done=confirmed')
  await laptop.page.getByLabel('Current password').fill(password)
  await laptop.page.getByLabel('New password', { exact: true }).fill('another long passphrase')
  await laptop.page.getByLabel('New password again').fill('another long passphrase')
  assert.equal(await laptop.page.getByLabel('Also end my other sessions').isChecked(), true)
  await laptop.press('Change password')
  assert.equal(laptop.path(), '/account?done=password_changed')
  await phone.page.reload()
  assert.equal(phone.path(), '/sign-in')
  await laptop.close()
  await phone.close()
})
