import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { createClient, newAdministrator, newUser, password } from './client.ts'
import { startService } from './start-service.ts'

const running = await startService({ environment: { TRUST_PROXY_HOPS: '1' } })
const admin = await newAdministrator(running)
after(() => running.stop())

let people = 0
async function somebody(email = `user${people}@example.com`) {
  people += 1
  return newUser(running.origin, email, { 'x-forwarded-for': `192.0.2.${people}` })
}

async function lastEntry() {
  const { body } = await admin.get('/api/admin/audit')
  return body.entries[0]
}

test('a blocked user is gone on the next request, cannot come back, and no session is brought back', async () => {
  const eve = await somebody()
  assert.equal((await admin.post(`/api/admin/users/${eve.id}/block`)).status, 204)
  assert.equal((await eve.get('/api/session')).status, 401)
  const { email } = (await admin.get(`/api/admin/users/${eve.id}`)).body.user
  assert.equal((await eve.post('/api/sign-in', { email, password })).status, 401)
  const shown = await admin.get(`/api/admin/users/${eve.id}`)
  assert.notEqual(shown.body.user.blockedAt, null)
  assert.deepEqual(shown.body.sessions, [])
  assert.equal((await lastEntry()).action, 'user_blocked')

  assert.equal((await admin.post(`/api/admin/users/${eve.id}/unblock`)).status, 204)
  assert.equal((await eve.get('/api/session')).status, 401)
  assert.equal((await eve.post('/api/sign-in', { email, password })).status, 200)
  assert.equal((await lastEntry()).action, 'user_unblocked')
})

test('an administrator sees a user’s sessions, and ends one, or all', async () => {
  const ada = await somebody('ada@example.com')
  const second = createClient(running.origin, { 'x-forwarded-for': '192.0.2.200' })
  await second.post('/api/sign-in', { email: 'ada@example.com', password })
  const shown = await admin.get(`/api/admin/users/${ada.id}`)
  assert.deepEqual(Object.keys(shown.body.user).sort(), [
    'admin',
    'blockedAt',
    'createdAt',
    'email',
    'id',
  ])
  assert.equal(shown.body.sessions.length, 2)
  const [newest] = shown.body.sessions
  assert.equal(newest.current, false)

  const path = `/api/admin/users/${ada.id}/sessions`
  assert.equal((await admin.delete(`${path}/${newest.id}`)).status, 204)
  assert.equal((await second.get('/api/session')).status, 401)
  assert.equal((await ada.get('/api/session')).status, 200)
  assert.equal((await admin.delete(`${path}/${newest.id}`)).status, 404)
  const entry = await lastEntry()
  assert.deepEqual(
    [entry.action, entry.actorId, entry.targetId, entry.targetEmail, entry.detail],
    ['session_ended', admin.id, ada.id, 'ada@example.com', newest.id],
  )

  assert.deepEqual((await admin.delete(path)).body, { revoked: 1 })
  assert.equal((await ada.get('/api/session')).status, 401)
})

test('users are found by the beginning of their address, page by page, and wildcards are only letters', async () => {
  const add = (email: string) =>
    running.sql(
      "insert into users (id, email, password_hash, created_at) values (?, ?, '', 0)",
      randomUUID(),
      email,
    )
  for (let index = 0; index < 120; index += 1) {
    await add(`page${String(index).padStart(3, '0')}@example.com`)
  }
  for (const email of [
    '100%@example.com',
    '100x@example.com',
    'a_b@example.com',
    'acb@example.com',
  ]) {
    await add(email)
  }
  const found = async (query: string) =>
    (await admin.get(`/api/admin/users?query=${encodeURIComponent(query)}`)).body.users.map(
      ({ email }: { email: string }) => email,
    )
  assert.deepEqual(await found('100%'), ['100%@example.com'])
  assert.deepEqual(await found('a_b'), ['a_b@example.com'])
  assert.deepEqual(await found('PAGE007'), ['page007@example.com'])
  assert.deepEqual(await found('%'), [])
  assert.deepEqual(await found('page\0'), [])

  const seen: string[] = []
  for (let after = ''; ; ) {
    const path = `/api/admin/users?query=page${after && `&after=${after}`}`
    const { users, next } = (await admin.get(path)).body
    seen.push(...users.map(({ email }: { email: string }) => email))
    if (next === null) break
    after = next
  }
  assert.equal(seen.length, 120)
  assert.deepEqual(seen, [...new Set(seen)].sort())
  assert.equal((await admin.get('/api/admin/users?after=nobody')).status, 400)
})

test('neither a page of users nor the question for an administrator reads all of them', {
  skip: running.database.kind !== 'sqlite' && 'a server’s plan depends on how many there are',
}, async () => {
  for (const statement of [
    "select id from users where email >= 'a' and email < 'b' and email > '' order by email limit 51",
    'select id from users where admin = true limit 1',
  ]) {
    const plan = await running.sql(`explain query plan ${statement}`)
    assert.match(String(plan[0]?.detail), /SEARCH users USING (?:COVERING )?INDEX/)
    assert.equal(plan.length, 1)
  }
})

test('the audit log is read page by page, newest first', async () => {
  const ada = await somebody()
  for (let index = 0; index < 60; index += 1)
    await admin.delete(`/api/admin/users/${ada.id}/sessions`)
  const first = (await admin.get('/api/admin/audit')).body
  assert.equal(first.entries.length, 50)
  const second = (await admin.get(`/api/admin/audit?before=${first.next}`)).body
  assert.ok(second.entries[0].id < first.entries.at(-1).id)
  const ids = first.entries.map(({ id }: { id: number }) => id)
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => b - a),
  )
  assert.deepEqual(Object.keys(first.entries[0]).sort(), [
    'action',
    'actorEmail',
    'actorId',
    'at',
    'detail',
    'id',
    'ip',
    'targetEmail',
    'targetId',
  ])
  for (const before of ['0', '-1', 'x', '1e3', '']) {
    assert.equal((await admin.get(`/api/admin/audit?before=${before}`)).status, 400, before)
  }
})

test('an act that fails is on record as failed', {
  skip: running.database.hasSessionStore && 'sessions are not in this database',
}, async () => {
  const eve = await somebody()
  const { service } = running
  const { user, session } = (await service.auth.verify(admin.cookie()?.split('=')[1])) as never
  const mend = await running.database.breakInserts('cloakroom_user_states')
  const head = { ip: '192.0.2.9' } as never
  await assert.rejects(service.admin.block({ user, session }, eve.id, head))
  await mend()
  const entry = await lastEntry()
  assert.deepEqual([entry.action, entry.targetId, entry.detail], ['user_blocked', eve.id, 'failed'])
})

test('administrators can neither block nor unblock themselves, nor anybody who is not there', async () => {
  const self = await admin.post(`/api/admin/users/${admin.id}/block`)
  assert.deepEqual([self.status, self.body.code], [409, 'not_yourself'])
  const unblocked = await admin.post(`/api/admin/users/${admin.id}/unblock`)
  assert.deepEqual([unblocked.status, unblocked.body.code], [409, 'not_yourself'])
  for (const id of ['00000000-0000-4000-8000-000000000000', 'x', '%27', admin.id.toUpperCase()]) {
    assert.equal((await admin.get(`/api/admin/users/${id}`)).status, 404, id)
    assert.equal((await admin.post(`/api/admin/users/${id}/block`)).status, 404, id)
    assert.equal((await admin.delete(`/api/admin/users/${id}/sessions`)).status, 404, id)
  }
})

const reads = [
  ['GET', '/api/admin/users'],
  ['GET', '/api/admin/users/:id'],
  ['GET', '/api/admin/audit'],
] as const
const writes = [
  ['POST', '/api/admin/users/:id/block'],
  ['POST', '/api/admin/users/:id/unblock'],
  ['DELETE', '/api/admin/users/:id/sessions'],
  ['DELETE', '/api/admin/users/:id/sessions/:session'],
  ['DELETE', '/api/admin/sessions'],
  ['POST', '/api/admin/invites'],
] as const

test('nobody else gets in: 401 for strangers, 403 for users, and nothing happens', async () => {
  const { origin } = running
  const eve = await somebody()
  const victim = await somebody()
  const before = await lastEntry()
  for (const [method, route] of [...reads, ...writes]) {
    const path = route.replace(':id', victim.id).replace(':session', victim.id)
    const headers = { origin }
    assert.equal((await createClient(origin).send(method, path, { headers })).status, 401, path)
    const refused = await eve.send(method, path, { headers })
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'], path)
  }
  assert.equal((await victim.get('/api/session')).status, 200)
  assert.deepEqual(await lastEntry(), before)
  assert.ok(
    running.logged.some(({ event, user_id }) => event === 'authz_fail' && user_id === eve.id),
  )
})

test('ten minutes after the sign-in every write needs a step-up, and reads do not', {
  skip: running.database.hasSessionStore && 'a Valkey’s time is its own',
}, async () => {
  const { origin } = running
  const victim = await somebody()
  await running.advance(600)
  for (const [method, route] of reads) {
    assert.equal((await admin.send(method, route.replace(':id', victim.id))).status, 200)
  }
  for (const [method, route] of writes) {
    const path = route.replace(':id', victim.id).replace(':session', victim.id)
    const refused = await admin.send(method, path, { headers: { origin } })
    assert.deepEqual([refused.status, refused.body.code], [403, 'step_up_required'], path)
  }
  assert.equal((await admin.post('/api/step-up', { password })).status, 200)
  assert.equal((await admin.post(`/api/admin/users/${victim.id}/block`)).status, 204)
})

test('the end of everybody’s sessions includes one’s own', async () => {
  const ada = await somebody()
  const answer = await admin.delete('/api/admin/sessions')
  assert.equal(answer.status, 200)
  assert.ok(answer.body.revoked >= 2)
  assert.equal((await ada.get('/api/session')).status, 401)
  assert.equal((await admin.get('/api/session')).status, 401)
  await admin.post('/api/sign-in', { email: 'admin@example.com', password })
  assert.equal((await lastEntry()).action, 'everybody_signed_out')
})
