import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { RequestHead } from 'cloakroom'
import { createClient, newAdministrator, newUser, password } from './client.ts'
import { startService, type TestService, type TestServiceOptions } from './start-service.ts'

let running: TestService
afterEach(() => running.stop())

async function begin(options?: TestServiceOptions): Promise<TestService> {
  running = await startService(options)
  return running
}

const administrators = () => running.sql('select email from users where admin = true')

test('the printed code makes one signed-in user administrator, once', async () => {
  const { origin, setupCode } = await begin()
  assert.equal(await running.service.setupIsOpen(), true)
  assert.equal((await createClient(origin).post('/api/setup', { code: setupCode })).status, 401)

  const ada = await newUser(origin, 'ada@example.com')
  const old = ada.cookie()
  const wrong = await ada.post('/api/setup', { code: 'AAAA-BBBB' })
  assert.deepEqual([wrong.status, wrong.body.code], [403, 'setup_code_invalid'])
  const made = await ada.post('/api/setup', { code: setupCode })
  assert.equal(made.status, 200)
  assert.equal(made.body.user.admin, true)
  assert.equal((await ada.get('/api/admin/users')).status, 200)
  assert.equal(await running.service.setupIsOpen(), false)

  ada.useCookie(old)
  assert.equal((await ada.get('/api/session')).status, 401)

  const bob = await newUser(origin, 'bob@example.com')
  const again = await bob.post('/api/setup', { code: setupCode })
  assert.deepEqual([again.status, again.body.code], [403, 'setup_closed'])
  assert.deepEqual(await administrators(), [{ email: 'ada@example.com' }])
})

test('the code may be typed in lower case and without hyphens', async () => {
  const { origin, setupCode = '' } = await begin()
  const ada = await newUser(origin, 'ada@example.com')
  const code = setupCode.replaceAll('-', ' ').toLowerCase()
  assert.equal((await ada.post('/api/setup', { code })).status, 200)
})

test('the code is worth nothing after half an hour', async () => {
  const { origin, setupCode } = await begin()
  const ada = await newUser(origin, 'ada@example.com')
  await running.advance(30 * 60)
  const answer = await ada.post('/api/setup', { code: setupCode })
  assert.deepEqual([answer.status, answer.body.code], [403, 'setup_code_invalid'])
})

test('of ten who hand in the codes of two processes at once one becomes administrator', async (t) => {
  const first = await begin()
  const second = await startService({ database: first.database })
  t.after(() => second.stop())
  const actors = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const user = await newUser(first.origin, `user${index}@example.com`)
      const verified = await first.service.auth.verify(user.cookie()?.split('=')[1])
      assert.ok(verified.status === 'authenticated')
      return verified
    }),
  )
  const outcomes = await Promise.allSettled(
    actors.map((actor, index) => {
      const { service, setupCode = '' } = index % 2 === 0 ? first : second
      return service.setUp(actor, setupCode, headFrom(`192.0.2.${index}`))
    }),
  )
  const codes = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? 'made' : outcome.reason.code,
  )
  assert.deepEqual(codes.sort(), ['made', ...new Array(9).fill('setup_closed')])
  assert.equal((await administrators()).length, 1)
  const made = await running.sql('select actor_id from audit_log')
  assert.equal(made.length, 1)
})

function headFrom(ip: string): RequestHead {
  const absent = { cookie: undefined, authorization: undefined, secFetchSite: undefined }
  return { ...absent, method: 'POST', origin: running.origin, userAgent: undefined, ip }
}

test('two processes on one database each print a code, and either opens the door once', async (t) => {
  const first = await begin()
  const second = await startService({ database: first.database })
  t.after(() => second.stop())
  const ada = await newUser(second.origin, 'ada@example.com')
  assert.equal((await ada.post('/api/setup', { code: first.setupCode })).status, 200)
  const bob = await newUser(first.origin, 'bob@example.com')
  const late = await bob.post('/api/setup', { code: second.setupCode })
  assert.equal(late.body.code, 'setup_closed')
})

test('a preset code is taken as it is, does not expire, is not printed and not logged', async () => {
  const code = 'Preset code-for automation'
  const { origin } = await begin({ environment: { ADMIN_SETUP_CODE: code } })
  assert.equal(running.setupCode, undefined)
  const ada = await newUser(origin, 'ada@example.com')
  await running.advance(86_400)
  assert.equal((await ada.post('/api/setup', { code: code.toLowerCase() })).status, 403)
  assert.equal((await ada.post('/api/setup', { code })).status, 200)
  assert.equal(JSON.stringify(running.logged).includes(code), false)
})

test('a preset code is inert once there is an administrator', async (t) => {
  const code = 'Preset code-for automation'
  const first = await begin()
  await newAdministrator(first)
  const second = await startService({
    database: first.database,
    environment: { ADMIN_SETUP_CODE: code },
  })
  t.after(() => second.stop())
  const bob = await newUser(second.origin, 'bob@example.com')
  const answer = await bob.post('/api/setup', { code })
  assert.deepEqual([answer.status, answer.body.code], [403, 'setup_closed'])
})

test('a service that is closed to sign-ups lets in the first administrator, who has the code', async () => {
  const { origin, setupCode } = await begin({ environment: { SIGN_UP: 'closed' } })
  assert.equal(await running.service.signUpPolicy(), 'invite')
  const ada = createClient(origin)
  const account = { email: 'ada@example.com', password }
  const uninvited = await ada.post('/api/sign-up', account)
  assert.deepEqual([uninvited.status, uninvited.body.code], [403, 'invite_invalid'])
  assert.equal((await ada.post('/api/sign-up', { ...account, invite: 'guess' })).status, 403)
  assert.equal((await ada.post('/api/sign-up', { ...account, invite: setupCode })).status, 201)
  await ada.post('/api/sign-in', account)
  assert.equal((await ada.post('/api/setup', { code: setupCode })).status, 200)

  assert.equal(await running.service.signUpPolicy(), 'closed')
  const late = { email: 'bob@example.com', password, invite: setupCode }
  const closed = await createClient(origin).post('/api/sign-up', late)
  assert.deepEqual([closed.status, closed.body.code], [403, 'sign_up_closed'])
})

test('an empty database knows nobody: no account comes with the service', async () => {
  const { origin } = await begin()
  assert.deepEqual(await running.sql('select * from users'), [])
  for (const email of ['admin@example.com', 'admin', 'root@localhost']) {
    const answer = await createClient(origin).post('/api/sign-in', { email, password: 'admin' })
    assert.equal(answer.status, 401)
  }
})
