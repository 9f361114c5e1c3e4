import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient, newUser, password } from './client.ts'
import { createPageClient } from './page-client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
const canary = 'canary-passphrase-4711'
const secrets: string[] = [canary, `${canary}-2`, 'mistyped-4711', 'invite-4711', 'code-4711']
const email = 'canary-4711@example.com'

before(async () => {
  running = await startService({ environment: { SIGN_UP: 'open' } })
})
after(() => running.stop())

test('everything that happens is in the log once, and nothing secret is', async () => {
  const { origin, setupCode = '' } = running
  secrets.push(setupCode)
  const ada = createClient(origin, { 'user-agent': 'canary-agent' })
  const account = { email, password: canary }
  const keep = () => secrets.push(ada.cookie()?.split('=')[1] ?? 'no cookie')

  await ada.post('/api/sign-up', { ...account, invite: 'invite-4711' })
  await ada.post('/api/sign-in', { email, password: 'mistyped-4711' })
  await ada.post('/api/sign-in', { email: 'mistyped-4711', password: 'x' })
  await ada.post('/api/sign-in', account)
  keep()
  await ada.post('/api/step-up', { password: 'mistyped-4711' })
  await ada.post('/api/step-up', { password: canary })
  keep()
  await ada.post('/api/setup', { code: 'code-4711' })
  await ada.post('/api/setup', { code: setupCode })
  keep()
  const invite = await ada.post('/api/admin/invites')
  secrets.push(invite.body.code)
  const bearer = await ada.post('/api/sign-in', { ...account, transport: 'bearer' })
  secrets.push(bearer.body.token)
  await ada.post('/api/password', { current: canary, new: `${canary}-2` })
  keep()
  await ada.delete('/api/session', { origin: 'https://evil.example' })
  await ada.get('/api/session', { authorization: `Bearer ${bearer.body.token}` })
  const old = ada.cookie()
  await ada.delete('/api/session')
  ada.useCookie(old)
  await ada.get('/api/session')
  for (let index = 0; index < 6; index += 1) {
    await createClient(origin).post('/api/sign-in', { email, password: 'mistyped-4711' })
  }
  const eve = await newUser(origin, 'eve@example.com')
  await eve.get('/api/admin/users')
  await eve.get('/admin/users')
  await eve.post('/api/step-up', { password })
  await eve.delete(`/api/sessions/${bearer.body.session.id}`)
  await createPageClient(origin, { cookie: eve.cookie() ?? '' }).sendForm('/account', {
    end: 'others',
  })
  await running.sql('alter table users rename column admin to admin_')
  await eve.get('/api/session')
  await running.sql('alter table users rename column admin_ to admin')

  const events = running.logged.map(({ event, reason, action }) =>
    [event, reason ?? action].filter(Boolean).join(' '),
  )
  assert.deepEqual(events, [
    'sys_startup',
    'user_created',
    'authn_login_fail wrong_password',
    'authn_login_fail unknown_user',
    'authn_login_success sign_in',
    'session_created',
    'authn_login_fail wrong_password',
    'session_renewed',
    'authn_login_success step_up',
    'authz_fail setup_code_invalid',
    'authz_change administrator_made',
    'authz_admin invite_created',
    'authn_login_success sign_in',
    'session_created',
    'authn_password_change',
    'session_expired password_change',
    'session_renewed',
    'malicious_csrf cross_site',
    'malicious_extraneous ambiguous_credentials',
    'session_expired signed_out',
    'session_use_after_expire unknown',
    ...new Array(5).fill('authn_login_fail wrong_password'),
    'excess_rate_limit_exceeded sign_in',
    'user_created',
    'authn_login_success sign_in',
    'session_created',
    'authz_fail administration',
    'authz_fail administration',
    'session_renewed',
    'authn_login_success step_up',
    'authz_fail not_found',
    'malicious_csrf stale_form',
    'sys_crash request',
  ])

  const log = JSON.stringify(running.logged)
  for (const secret of [...secrets, email, 'canary']) {
    assert.ok(secret.length > 4, secret)
    assert.equal(log.includes(secret), false, secret)
  }
  for (const { level, event, datetime } of running.logged) {
    assert.match(String(level), /^(?:INFO|WARN|ERROR)$/, event)
    assert.match(String(datetime), /Z$/)
  }
})

test('the database holds no password, token or code', async () => {
  const tables = await running.sql(listTables[running.database.kind])
  const contents = tables.map(({ name }) => running.sql(`select * from ${name}`))
  const everything = (await Promise.all(contents))
    .flat()
    .flatMap((row) => Object.values(row))
    .map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : `${value}`,
    )
    .join('\n')
  assert.ok(everything.includes(email))
  for (const secret of secrets) assert.equal(everything.includes(secret), false, secret)
})

const listTables = {
  sqlite: "select name from sqlite_schema where type = 'table'",
  postgres: 'select tablename as name from pg_tables where schemaname = current_schema()',
  mysql: 'select table_name as name from information_schema.tables where table_schema = database()',
}
