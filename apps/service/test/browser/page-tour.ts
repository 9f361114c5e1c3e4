import type { Page } from 'playwright-core'
import { password } from '../client.ts'
import type { TestService } from '../start-service.ts'
import type { Device } from './browser.ts'

export interface Visitors {
  readonly stranger: Device
  readonly user: Device
  readonly administrator: Device
  /** Of a service that nobody administers yet, and that is closed to others. */
  readonly founder: Device
  /** There as well, and not signed in. */
  readonly uninvited: Device
}

/** One page in one state. */
export interface Stop {
  readonly name: string
  readonly visitor: keyof Visitors
  open(device: Device): Promise<void>
}

function clientPath(row: { readonly id?: unknown } | undefined): string {
  return `/admin/clients/${row?.id}`
}

/** Every page of the service, in every state that looks different. */
export function pageTour({ sql }: TestService): readonly Stop[] {
  const userPath = async (email: string) =>
    `/admin/users/${(await sql('select id from users where email = ?', email))[0]?.id}`
  const at = (
    visitor: keyof Visitors,
    name: string,
    path: string | (() => Promise<string>),
  ): Stop => ({
    name,
    visitor,
    open: async (device) => device.open(typeof path === 'string' ? path : await path()),
  })
  const stranger = [
    at('stranger', 'sign-in', '/sign-in'),
    at('stranger', 'sign-in to go on', '/sign-in?return_to=/setup&done=signed_out'),
    at('stranger', 'sign-up', '/sign-up'),
    at('stranger', 'not found', '/nothing-here'),
    submitted('stranger', 'sign-in refused', '/sign-in', async (page) => {
      await page.getByLabel('Email address').fill('nobody@example.com')
      await page.getByLabel('Password').fill('not a password of anybody')
    }),
    submitted('stranger', 'sign-up refused', '/sign-up', async (page) => {
      await page.getByLabel('Email address').fill('new@example.com')
      await page.getByLabel('Password', { exact: true }).fill('password')
      await page.getByLabel('Password again').fill('password')
    }),
  ]
  const user = [
    at('user', 'account', '/account'),
    at('user', 'account, notice', '/account?done=session_ended'),
    at('user', 'step-up', '/step-up?return_to=/account'),
    at('user', 'password', '/account/password'),
    at('user', 'setup, closed', '/setup'),
    at('user', 'for administrators only', '/admin/users'),
    at('user', 'not like this', '/sign-out'),
    submitted('user', 'step-up refused', '/step-up', (page) =>
      page.getByLabel('Password').fill('not my password at all'),
    ),
    submitted('user', 'password refused', '/account/password', async (page) => {
      await page.getByLabel('Current password').fill(password)
      await page.getByLabel('New password', { exact: true }).fill('one long passphrase')
      await page.getByLabel('New password again').fill('and another one')
    }),
  ]
  const administrator = [
    at('administrator', 'users', '/admin/users'),
    at('administrator', 'users, none found', '/admin/users?query=zzz'),
    at('administrator', 'user', () => userPath('user@example.com')),
    at('administrator', 'user, not signed in', () =>
      userPath('carl.friedrich.von.weizsaecker-the-younger@example.com'),
    ),
    at('administrator', 'block', async () => `${await userPath('user@example.com')}/block`),
    at(
      'administrator',
      'end sessions',
      async () => `${await userPath('user@example.com')}/end-sessions`,
    ),
    at('administrator', "end everybody's sessions", '/admin/end-everybodys-sessions'),
    at('administrator', 'invites', '/admin/invites'),
    submitted('administrator', 'invite made', '/admin/invites', async () => {}),
    at('administrator', 'new client', '/admin/clients/new'),
    submitted('administrator', 'client refused', '/admin/clients/new', (page) =>
      page.getByLabel('Name').fill('x'.repeat(41)),
    ),
    submitted('administrator', 'client added', '/admin/clients/new', async (page) => {
      await page.getByLabel('Name').fill('Back end')
      await page.getByLabel('It can keep a secret').check()
    }),
    at('administrator', 'clients', '/admin/clients'),
    at('administrator', 'client', async () => clientPath((await sql('select id from clients'))[0])),
    at('administrator', 'remove client', async () => {
      return `${clientPath((await sql('select id from clients'))[0])}/remove`
    }),
    at('administrator', 'audit log', '/admin/audit'),
  ]
  const unadministered = [
    at('uninvited', 'sign-up by invite', '/sign-up'),
    at('founder', 'account, no administrator', '/account'),
    at('founder', 'setup', '/setup'),
    submitted('founder', 'setup refused', '/setup', (page) =>
      page.getByLabel('Setup code').fill('not the code'),
    ),
  ]
  return [...stranger, ...user, ...administrator, ...unadministered]
}

function submitted(
  visitor: keyof Visitors,
  name: string,
  path: string,
  fill: (page: Page) => Promise<void>,
): Stop {
  return {
    name,
    visitor,
    async open({ page, open }) {
      await open(path)
      await fill(page)
      await page.locator('main form button').first().click()
      await page.waitForLoadState()
    },
  }
}
