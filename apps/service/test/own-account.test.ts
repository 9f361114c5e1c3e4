import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createClient, newUser, password } from './client.ts'
import { startService } from './start-service.ts'

const running = await startService()
after(() => running.stop())

const next = 'another long passphrase'

test('ten minutes after the sign-in the sensitive needs a step-up, and signing out does not', {
  skip: running.database.hasSessionStore && 'a Valkey’s time is its own',
}, async () => {
  const email = 'ada@example.com'
  const ada = await newUser(running.origin, email)
  const other = createClient(running.origin)
  const { body } = await other.post('/api/sign-in', { email, password })
  const otherId = body.session.id

  await running.advance(599)
  const change = { current: 'not the password', new: next }
  assert.equal((await ada.post('/api/password', change)).status, 401)
  await running.advance(1)
  const sensitive = [
    () => ada.post('/api/password', { current: password, new: next }),
    () => ada.delete('/api/sessions'),
    () => ada.delete(`/api/sessions/${otherId}`),
    () => ada.delete('/api/sessions/00000000-0000-7000-8000-000000000000'),
  ]
  for (const act of sensitive) {
    const answer = await act()
    assert.deepEqual([answer.status, answer.body.code], [403, 'step_up_required'])
  }
  assert.equal((await other.get('/api/session')).status, 200)

  assert.equal((await ada.post('/api/step-up', { password: 'not the password' })).status, 401)
  assert.equal((await ada.delete('/api/sessions')).status, 403)
  assert.equal((await ada.post('/api/step-up', { password })).status, 200)
  assert.deepEqual((await ada.delete('/api/sessions')).body, { revoked: [otherId] })

  await running.advance(600)
  assert.equal((await ada.delete('/api/session')).status, 204)
})

test('somebody else’s session is not found, and stays', async () => {
  const ada = await newUser(running.origin, 'grace@example.com')
  const victim = await newUser(running.origin, 'victim@example.com')
  const { id } = (await victim.get('/api/session')).body.session
  const answer = await ada.delete(`/api/sessions/${id}`)
  assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'])
  for (const bad of ['x', '%00', '..%2f..', id.toUpperCase()]) {
    assert.equal((await ada.delete(`/api/sessions/${bad}`)).status, 404, bad)
  }
  assert.equal((await victim.get('/api/session')).status, 200)
})

test('a new password must keep to the rules, and the answer says to which it does not', async () => {
  const ada = await newUser(running.origin, 'joan.clarke@example.com')
  const bad = {
    'too short': 'password_too_short',
    ['x'.repeat(257)]: 'password_too_long',
    passwordpassword: 'password_common',
    'joan.clarke@example.com': 'password_contextual',
    cloakroomcloakroom: 'password_contextual',
  }
  for (const [text, code] of Object.entries(bad)) {
    const changed = await ada.post('/api/password', { current: password, new: text })
    assert.deepEqual([changed.status, changed.body.code], [422, code], text)
    const signUp = { email: 'joan.clarke@example.org', password: text }
    const signedUp = await ada.post('/api/sign-up', signUp)
    assert.deepEqual([signedUp.status, signedUp.body.code], [422, code], text)
  }
  assert.equal((await ada.post('/api/step-up', { password })).status, 200)
})

test('an address is taken once, in whatever case', async () => {
  const client = createClient(running.origin)
  const account = { email: 'Dorothy@Example.com', password }
  const signedUp = await client.post('/api/sign-up', account)
  assert.equal(signedUp.body.user.email, 'dorothy@example.com')
  const again = await client.post('/api/sign-up', { ...account, email: 'dorothy@example.COM' })
  assert.deepEqual([again.status, again.body.code], [409, 'email_taken'])
  const spelled = { ...account, email: ' DOROTHY@example.com ' }
  assert.equal((await client.post('/api/sign-in', spelled)).status, 200)
})

test('of ten who sign up with one address at once one gets it', async () => {
  await running.advance(7200)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      createClient(running.origin).post('/api/sign-up', { email: 'race@example.com', password }),
    ),
  )
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [201, ...new Array(9).fill(409)])
})

test('a plain SQL update of the users table is effective on the next request', async () => {
  const email = 'margaret@example.com'
  await running.advance(7200)
  const margaret = await newUser(running.origin, email)
  assert.equal((await margaret.get('/api/session')).status, 200)
  await running.sql('update users set banned = true where email = ?', email)
  assert.equal((await margaret.get('/api/session')).status, 401)
  await running.sql('update users set banned = false, admin = true where email = ?', email)
  assert.equal((await margaret.get('/api/session')).body.user.admin, true)
  await running.sql('delete from users where email = ?', email)
  assert.equal((await margaret.get('/api/session')).status, 401)
})

test('an impersonated session can look, and change nothing', async () => {
  await running.advance(7200)
  const { auth } = running.service
  const support = await newUser(running.origin, 'support@example.com')
  const victim = await newUser(running.origin, 'customer@example.com')
  const { token } = await auth.impersonate(support.cookie()?.split('=')[1], victim.id)
  const acting = createClient(running.origin, { authorization: `Bearer ${token}` })
  const shown = await acting.get('/api/session')
  assert.equal(shown.body.user.id, victim.id)
  assert.equal(shown.body.session.impersonatorId, support.id)
  const listed = (await victim.get('/api/sessions')).body.sessions
  assert.ok(
    listed.some(({ impersonatorId }: { impersonatorId: string }) => impersonatorId === support.id),
  )
  for (const answer of [
    await acting.post('/api/step-up', { password }),
    await acting.post('/api/password', { current: password, new: next }),
    await acting.post('/api/setup', { code: running.setupCode }),
    await acting.delete('/api/sessions'),
    await acting.get('/api/admin/users'),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'impersonated_session'])
  }
})
