import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launchChromium } from '@cloakroom/test-servers/chromium'
import type { Browser } from 'playwright-core'
import { password } from '../client.ts'
import { startService, type TestService } from '../start-service.ts'
import { type Device, newDevice } from './browser.ts'

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

/** Presses Tab until the control with this name has the focus, and sees that the focus is seen. */
async function tabTo({ page }: Device, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    const focused = page.locator(':focus')
    const text = (await focused.count()) === 0 ? '' : await nameOf(focused)
    if (name.test(text)) {
      const outline = await focused.evaluate((element) => getComputedStyle(element).outlineStyle)
      assert.notEqual(outline, 'none', `${text} has a visible focus`)
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${name}`)
}

function nameOf(focused: ReturnType<Device['page']['locator']>): Promise<string> {
  return focused.evaluate((element) => {
    const [label] = (element as HTMLInputElement).labels ?? []
    return (label ?? element).textContent ?? ''
  })
}

test('signing in and ending a session needs no mouse', async () => {
  const other = await newDevice(browser, running.origin)
  await other.signUp('keys@example.com')

  const device = await newDevice(browser, running.origin)
  const { keyboard } = device.page
  await device.open('/')
  assert.equal(device.path(), '/sign-in')
  // The page opens with the focus in its first field, if not before it has loaded.
  await device.page.locator('input:focus').waitFor()
  await keyboard.type('keys@example.com')
  await tabTo(device, /^Password$/)
  await keyboard.type(password)
  await tabTo(device, /^Keep me signed in$/)
  await keyboard.press('Space')
  assert.equal(await device.page.getByLabel('Keep me signed in').isChecked(), true)
  await tabTo(device, /^Sign in$/)
  await keyboard.press('Enter')
  await device.page.waitForURL('**/account')

  await keyboard.press('Tab')
  await tabTo(device, /^Skip to content$/)
  await keyboard.press('Enter')
  await keyboard.press('Tab')
  // Past the header at once.
  await tabTo(device, /^Change password$/)
  await tabTo(device, /^End session on /)
  await keyboard.press('Enter')
  await device.page.waitForURL('**/account?done=session_ended')
  await other.page.reload()
  assert.equal(other.path(), '/sign-in')
  await other.close()
  await device.close()
})
