import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { launchChromium } from '@cloakroom/test-servers/chromium'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { createClient, password } from '../client.ts'
import { startService, type TestService } from '../start-service.ts'
import { type Device, newDevice } from './browser.ts'
import { pageTour, type Visitors } from './page-tour.ts'

let browser: Browser
let running: TestService
let unadministered: TestService
let visitors: Visitors

/** A folder for pictures of every page, to be looked at; unset: none are taken. */
const screenshotFolder = process.env.CLOAKROOM_SCREENSHOTS

before(async () => {
  running = await startService({ environment: { AUDIENCES: 'https://orders.example orders:read' } })
  unadministered = await startService({ environment: { SIGN_UP: 'closed' } })
  browser = await launchChromium()
  const { origin, setupCode = '' } = running
  const [stranger, user, administrator] = await Promise.all([
    newVisitor(origin),
    newVisitor(origin),
    newVisitor(origin),
  ])
  await user.signUp('user@example.com')
  await elsewhere('user@example.com', 'curl/8.9.1')
  await administrator.signUp('admin@example.com')
  await administrator.open('/setup')
  await administrator.page.getByLabel('Setup code').fill(setupCode)
  await administrator.press('Become administrator')
  await createClient(origin).post('/api/sign-up', {
    email: 'carl.friedrich.von.weizsaecker-the-younger@example.com',
    password,
  })
  visitors = { stranger, user, administrator, ...(await visitUnadministered()) }
  if (screenshotFolder !== undefined) await mkdir(screenshotFolder, { recursive: true })
})
after(async () => {
  await browser?.close()
  await running.stop()
  await unadministered.stop()
})

/** With scripts, for axe-core alone: the pages have none. */
function newVisitor(origin: string): Promise<Device> {
  return newDevice(browser, origin, { javaScriptEnabled: true, bypassCSP: true })
}

async function visitUnadministered(): Promise<Pick<Visitors, 'founder' | 'uninvited'>> {
  const { origin, setupCode } = unadministered
  const founder = await newVisitor(origin)
  const email = 'founder@example.com'
  await createClient(origin).post('/api/sign-up', { email, password, invite: setupCode })
  await founder.signIn(email)
  return { founder, uninvited: await newVisitor(origin) }
}

async function elsewhere(email: string, userAgent: string): Promise<void> {
  const client = createClient(running.origin, { 'user-agent': userAgent })
  await client.post('/api/sign-in', { email, password })
}

const schemes = ['light', 'dark'] as const
const widths = [390, 1280] as const

test('every page is accessible, fits, and has large targets, on phone and desktop, light and dark', async (t) => {
  for (const { name, visitor, open } of pageTour(running)) {
    await t.test(name, async () => {
      const device = visitors[visitor]
      const { page } = device
      await open(device)
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 800 })
        assert.ok(await fits(page), `${width} pixels are enough`)
        if (width === 390) assert.deepEqual(await smallTargets(page), [])
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme })
          assert.deepEqual(await violations(page), [], `${width} pixels, ${colorScheme}`)
          await takePicture(page, `${name}-${width}-${colorScheme}`)
        }
      }
    })
  }
  for (const device of Object.values(visitors)) await device.close()
})

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const results = (await page.evaluate('axe.run()')) as AxeResults
  return results.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html }) => `${impact}: ${id}: ${html}`),
  )
}

function fits(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
}

/** Whatever is pressed by a thumb, and is not a link in running text, of less than 44 × 44 pixels. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, .button, nav a, .brand, .field input, .checkbox label')]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect()
        return width < 44 || height < 44
      })
      .map((element) => element.outerHTML),
  )
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (screenshotFolder === undefined) return
  const path = join(screenshotFolder, `${name.replaceAll(/[^\w]+/g, '-')}.png`)
  await page.screenshot({ path, fullPage: true })
}
