import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  createPageClient,
  locationOf,
  newPageAdministrator,
  newPageUser,
  type PageClient,
} from '../page-client.ts'
import { startService } from '../start-service.ts'
import { type OAuthService, orders, startOAuthService } from './oauth-service.ts'

let running: OAuthService
let admin: PageClient
before(async () => {
  running = await startOAuthService()
  admin = await newPageAdministrator(running)
})
after(() => running.stop())

const path = '/admin/clients/new'

function codesIn(text: string): string[] {
  return [...text.matchAll(/<p class="code"><code>([^<]+)</g)].map(([, code = '']) => code)
}

test('an administrator adds a client, whose secret is shown once and works', async () => {
  const fields = { name: 'Back <end>', confidential: 'yes', grants: `${orders} orders:read` }
  const added = await admin.submit(path, fields)
  assert.equal(added.status, 200)
  assert.equal(added.headers.get('cache-control'), 'no-store')
  const [id = '', secret = ''] = codesIn(added.text)
  const { token } = await running.signIn({ id, secret })
  const form = { grant_type: 'refresh_token', refresh_token: token }
  assert.equal((await running.send('/oauth/token', { id, secret }, form)).status, 200)

  const list = await admin.get('/admin/clients')
  assert.match(list.text, /Back &lt;end&gt;/)
  const shown = await admin.get(`/admin/clients/${id}`)
  assert.ok(shown.text.includes(`${orders} orders:read`))
  assert.equal(shown.text.includes(secret), false)

  const renewed = await admin.submit(`/admin/clients/${id}`, { renew: 'yes' })
  const [, second = ''] = codesIn(renewed.text)
  const works = async (each: string) =>
    (await running.send('/oauth/revoke', { id, secret: each }, { token: 'x' })).status === 200
  assert.deepEqual([await works(secret), await works(second)], [true, true])
  const dropped = await admin.submit(`/admin/clients/${id}`, { drop: 'yes' })
  assert.equal(locationOf(dropped), `/admin/clients/${id}?done=client_secret_dropped`)
  assert.deepEqual([await works(secret), await works(second)], [false, true])

  const removed = await admin.submit(`/admin/clients/${id}/remove`)
  assert.equal(locationOf(removed), '/admin/clients?done=client_removed')
  assert.equal(await works(second), false)
  assert.equal((await admin.get(`/admin/clients/${id}`)).status, 404)
  const audit = (await admin.get('/admin/audit')).text
  for (const act of ['added', 'secret renewed', 'secret dropped', 'removed']) {
    assert.match(audit, new RegExp(`Client ${act}`))
  }
})

test('what makes no sense is said beside the field, and what was typed stays', async () => {
  for (const [fields, field] of [
    [{ name: '', grants: orders }, 'name'],
    [{ name: 'A', grants: 'nonsense' }, 'grants'],
    [{ name: 'A', grants: '' }, 'grants'],
    [{ name: 'A', grants: 'https://elsewhere.example' }, 'grants'],
    [{ name: 'A', grants: orders, serves: orders }, 'serves'],
  ] as const) {
    const answer = await admin.submit(path, fields)
    assert.equal(answer.status, 422)
    assert.match(answer.text, new RegExp(`id="${field}-problem"`))
    assert.ok(answer.text.includes(`value="${fields.grants}"`))
  }
})

test('clients are for administrators who have just given their password', async () => {
  const client = await running.addClient('Mobile app', '--grant', orders)
  const page = `/admin/clients/${client.id}`
  const user = await newPageUser(running.origin, 'user@example.com')
  for (const address of ['/admin/clients', path, page, `${page}/remove`]) {
    assert.equal((await user.get(address)).status, 403, address)
    assert.match(locationOf(await createPageClient(running.origin).get(address)), /^\/sign-in/)
  }
  assert.equal((await user.submit(page, { renew: 'yes' })).status, 403)
  await running.advance(601)
  for (const address of [path, `${page}/remove`]) {
    assert.match(locationOf(await admin.get(address)), /^\/step-up/)
  }
  const { text } = await admin.get(page)
  const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(text) ?? []
  for (const fields of [{ drop: 'yes' }, { renew: 'yes' }]) {
    const answer = await admin.sendForm(page, { form_token: token, ...fields })
    assert.match(locationOf(answer), /^\/step-up/)
  }
  assert.equal((await running.service.oauth?.clients.find(client.id))?.name, 'Mobile app')
})

test('where there is no OAuth there are no such pages, and no link to them', async (t) => {
  const plain = await startService()
  t.after(() => plain.stop())
  const administrator = await newPageAdministrator(plain)
  const account = await administrator.get('/account')
  assert.equal(account.text.includes('/admin/clients'), false)
  for (const address of ['/admin/clients', path]) {
    assert.equal((await administrator.get(address)).status, 404, address)
  }
})
