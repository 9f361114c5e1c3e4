import assert from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { password } from '../client.ts'

/** A browser of its own, with scripts off unless asked for. */
export interface Device {
  readonly page: Page
  /** Opens a page of the service. */
  open(path: string): Promise<void>
  press(button: string): Promise<void>
  /** The path that the address bar shows. */
  path(): string
  signUp(email: string): Promise<void>
  signIn(email: string): Promise<void>
  /** Asserts that nothing was asked of another origin and the browser complained of nothing. */
  close(): Promise<void>
}

export async function newDevice(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Device> {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    reducedMotion: 'reduce',
    ...options,
  })
  const complaints: string[] = []
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`asked ${request.url()}`)
  })
  context.on('console', (message) => {
    // Chromium reports every page that is not a 2xx.
    const isStatus = /^Failed to load resource: the server responded/.test(message.text())
    if (isStatus && message.location().url === message.page()?.url()) return
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)

  async function open(path: string): Promise<void> {
    await page.goto(origin + path)
  }

  async function press(button: string): Promise<void> {
    await page.getByRole('main').getByRole('button', { name: button }).click()
  }

  return {
    page,
    open,
    press,
    path: () => page.url().slice(origin.length),
    async signUp(email) {
      await open('/sign-up')
      await page.getByLabel('Email address').fill(email)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByLabel('Password again').fill(password)
      await press('Create account')
      assert.equal(page.url(), `${origin}/account`)
    },
    async signIn(email) {
      await open('/sign-in')
      await page.getByLabel('Email address').fill(email)
      await page.getByLabel('Password').fill(password)
      await press('Sign in')
      assert.equal(page.url(), `${origin}/account`)
    },
    async close() {
      await context.close()
      assert.deepEqual(complaints, [])
    },
  }
}

/** What an element says, with its white space as it is shown. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim()
}
