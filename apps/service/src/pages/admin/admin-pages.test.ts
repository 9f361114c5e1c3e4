import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { password } from '../../../test/client.ts'
import {
  createPageClient,
  locationOf,
  newPageAdministrator,
  newPageUser,
  type PageClient,
} from '../../../test/page-client.ts'
import { startService, type TestService } from '../../../test/start-service.ts'

let running: TestService
let administrator: PageClient
before(async () => {
  running = await startService({ environment: { SIGN_UP: 'open' } })
  administrator = await newPageAdministrator(running)
})
after(() => running.stop())

async function pathOf(email: string): Promise<string> {
  const [row] = await running.sql('select id from users where email = ?', email)
  return `/admin/users/${row?.id}`
}

test('a blocked user is out on the next request, and cannot sign in until unblocked', async () => {
  const email = 'blocked@example.com'
  const user = await newPageUser(running.origin, email)
  const path = await pathOf(email)
  assert.match(
    (await administrator.get(`${path}/block`)).text,
    /<h1>Block blocked@example\.com\?<\/h1>/,
  )
  assert.equal((await user.get('/account')).status, 200)

  assert.equal(locationOf(await administrator.submit(`${path}/block`)), `${path}?done=user_blocked`)
  assert.equal(locationOf(await user.get('/account')), '/sign-in')
  assert.equal((await user.submit('/sign-in', { email, password })).status, 401)
  const shown = await administrator.get(path)
  assert.match(shown.text, /<span class="badge warning">Blocked<\/span>/)
  assert.match(shown.text, /This user is not signed in anywhere/)

  assert.equal(
    locationOf(await administrator.submit(path, { unblock: 'yes' })),
    `${path}?done=user_unblocked`,
  )
  assert.equal(locationOf(await user.get('/account')), '/sign-in')
  assert.equal(locationOf(await user.submit('/sign-in', { email, password })), '/account')
})

test("one session, or all, of a user's end at an administrator's word", async () => {
  const email = 'ended@example.com'
  const first = await newPageUser(running.origin, email)
  const second = createPageClient(running.origin)
  await second.submit('/sign-in', { email, password })
  const path = await pathOf(email)
  const newest = /name="end" value="([\w-]{36})"/.exec((await administrator.get(path)).text)?.[1]
  const ended = await administrator.submit(path, { end: newest ?? '' })
  assert.equal(locationOf(ended), `${path}?done=session_ended`)
  assert.equal(locationOf(await second.get('/account')), '/sign-in')
  assert.equal((await first.get('/account')).status, 200)

  const all = await administrator.submit(`${path}/end-sessions`)
  assert.equal(locationOf(all), `${path}?done=sessions_ended`)
  assert.equal(locationOf(await first.get('/account')), '/sign-in')
})

test('nobody is blocked by a confirmation that is too old', async () => {
  const email = 'patient@example.com'
  const user = await newPageUser(running.origin, email)
  const path = `${await pathOf(email)}/block`
  const form = await administrator.get(path)
  await running.advance(600)
  const form_token = /name="form_token" value="([^"]+)"/.exec(form.text)?.[1] ?? ''
  const stepUp = `/step-up?return_to=${encodeURIComponent(path)}`
  assert.equal(locationOf(await administrator.sendForm(path, { form_token })), stepUp)
  assert.equal(locationOf(await administrator.get(path)), stepUp)
  const confirmed = await administrator.submit('/step-up', { password, return_to: path })
  assert.equal(locationOf(confirmed), `${path}?done=confirmed`)
  assert.equal((await user.get('/account')).status, 200)
})

test('administrators cannot block themselves, and are not offered to', async () => {
  const path = await pathOf('admin@example.com')
  assert.doesNotMatch((await administrator.get(path)).text, /\/block"/)
  const answer = await administrator.submit(`${path}/block`)
  assert.equal(answer.status, 409)
  assert.match(answer.text, /<h1>Not to yourself<\/h1>/)
})

test('a user who does not exist is a 404 page', async () => {
  for (const id of ['00000000-0000-4000-8000-000000000000', 'nonsense', '%00', "'--"]) {
    for (const page of ['', '/block', '/end-sessions']) {
      const { status } = await administrator.get(`/admin/users/${encodeURIComponent(id)}${page}`)
      assert.equal(status, 404, `${id}${page}`)
    }
  }
})

test('users are found by prefix, and shown a page at a time', async () => {
  for (let number = 100; number < 175; number += 1) {
    await running.sql(
      'insert into users (id, email, password_hash, created_at) values (?, ?, ?, 0)',
      `00000000-0000-4000-8000-000000000${number}`,
      `paged${number}@example.com`,
      'none',
    )
  }
  const emails = (page: string) => page.match(/paged\d+@example\.com/g) ?? []
  const first = await administrator.get('/admin/users?query=PAGED')
  assert.equal(emails(first.text).length, 50)
  assert.doesNotMatch(first.text, /admin@example\.com/)
  assert.doesNotMatch(first.text, /First page/)
  const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const second = await administrator.get(next)
  assert.equal(emails(second.text).length, 25)
  assert.equal(new Set([...emails(first.text), ...emails(second.text)]).size, 75)
  assert.match(second.text, /href="\/admin\/users\?query=PAGED">First page</)
  assert.doesNotMatch(second.text, /rel="next"/)
  const none = await administrator.get('/admin/users?query=zzz')
  assert.match(none.text, /No email address begins with that/)
  assert.equal((await administrator.get('/admin/users?after=nonsense')).status, 400)
})

test('the audit log shows who did what to whom, a page at a time', async () => {
  const email = 'audited@example.com'
  await newPageUser(running.origin, email)
  for (let time = 0; time < 60; time += 1)
    await administrator.submit(await pathOf(email), { unblock: 'yes' })
  const first = await administrator.get('/admin/audit')
  const rows = (page: string) => page.split('<tr>').slice(2)
  assert.equal(rows(first.text).length, 50)
  const [newest = ''] = rows(first.text)
  for (const part of ['>User unblocked<', '>admin@example.com<', `>${email}<`, '>127.0.0.1<']) {
    assert.ok(newest.includes(part), part)
  }
  const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1] ?? ''
  const second = await administrator.get(next)
  assert.ok(rows(second.text).length > 0)
  assert.match(second.text, /First page/)
  for (const before of ['nonsense', '-1', '1e3', '9'.repeat(30)]) {
    assert.equal((await administrator.get(`/admin/audit?before=${before}`)).status, 404)
  }
})

test('an invite code is shown once, and lets one person in', async () => {
  const running = await startService({ environment: { SIGN_UP: 'invite' } })
  try {
    const { origin, setupCode = '' } = running
    const uninvited = createPageClient(origin)
    const fields = { email: 'admin@example.com', password, repeated: password }
    const refused = await uninvited.submit('/sign-up', { ...fields, invite: 'nonsense' })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /id="invite-problem">This invite code is not valid/)
    assert.match(refused.text, /setup code that the service printed works here too/)

    const administrator = createPageClient(origin)
    await administrator.submit('/sign-up', { ...fields, invite: setupCode })
    assert.equal(
      locationOf(await administrator.submit('/setup', { code: setupCode })),
      '/account?done=administrator',
    )
    const made = await administrator.submit('/admin/invites')
    assert.equal(made.status, 200)
    const invite = /<code>([^<]+)<\/code>/.exec(made.text)?.[1] ?? ''
    assert.ok(invite.length > 20)
    assert.equal((await administrator.get('/admin/invites')).text.includes(invite), false)

    const [first, second] = [createPageClient(origin), createPageClient(origin)]
    const guest = { ...fields, email: 'guest@example.com', invite }
    assert.equal(locationOf(await first.submit('/sign-up', guest)), '/account')
    const again = { ...guest, email: 'another@example.com' }
    assert.equal((await second.submit('/sign-up', again)).status, 422)
  } finally {
    await running.stop()
  }
})

test('where sign-up is closed, its page says so', async () => {
  const running = await startService({ environment: { SIGN_UP: 'closed' } })
  try {
    const { origin, setupCode = '' } = running
    const fields = { email: 'admin@example.com', password, repeated: password }
    const administrator = createPageClient(origin)
    await administrator.submit('/sign-up', { ...fields, invite: setupCode })
    await administrator.submit('/setup', { code: setupCode })
    const stranger = createPageClient(origin)
    const page = await stranger.get('/sign-up')
    assert.match(page.text, /<h1>Sign-up is closed<\/h1>/)
    assert.doesNotMatch(page.text, /<form/)
    assert.doesNotMatch((await stranger.get('/sign-in')).text, /\/sign-up/)
    const answer = await stranger.sendForm('/sign-up', { ...fields, email: 'x@example.com' })
    assert.equal(answer.status, 403)
    assert.match(answer.text, /<h1>Sign-up is closed<\/h1>/)
  } finally {
    await running.stop()
  }
})

test('the setup page is closed once there is an administrator', async () => {
  const user = await newPageUser(running.origin, 'late@example.com')
  const page = await user.get('/setup')
  assert.match(page.text, /There is an administrator already/)
  assert.doesNotMatch((await user.get('/account')).text, /\/setup/)
  const answer = await user.submit('/setup', { code: running.setupCode ?? '' })
  assert.equal(answer.status, 403)
  assert.match(answer.text, /<h1>There is an administrator already<\/h1>/)
})

test("everybody's sessions end, the administrator's own included", async () => {
  const user = await newPageUser(running.origin, 'everybody@example.com')
  const path = '/admin/end-everybodys-sessions'
  const ended = await administrator.submit(path)
  assert.equal(locationOf(ended), '/sign-in?done=everybodys_sessions_ended')
  for (const client of [user, administrator]) {
    assert.equal(locationOf(await client.get('/account')), '/sign-in')
  }
})
