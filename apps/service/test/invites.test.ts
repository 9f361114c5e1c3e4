import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPasswords } from '../src/accounts/passwords.ts'
import { type Client, createClient, password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
let admin: Client
before(async () => {
  // Everybody has this one, and nobody waits for its hash: who is at once is at once.
  const passwords = await createPasswords()
  const hashed = await passwords.hash(password)
  running = await startService({
    environment: { SIGN_UP: 'invite', TRUST_PROXY_HOPS: '1' },
    passwords: { ...passwords, hash: async () => hashed },
  })
  const account = { email: 'admin@example.com', password }
  admin = createClient(running.origin)
  await admin.post('/api/sign-up', { ...account, invite: running.setupCode })
  await admin.post('/api/sign-in', account)
  await admin.post('/api/setup', { code: running.setupCode })
})
after(() => running.stop())

let people = 0
function signUp(invite?: string) {
  people += 1
  return createClient(running.origin, { 'x-forwarded-for': `192.0.2.${people}` }).post(
    '/api/sign-up',
    { email: `user${people}@example.com`, password, ...(invite !== undefined && { invite }) },
  )
}

async function newInvite(): Promise<string> {
  const made = await admin.post('/api/admin/invites')
  assert.equal(made.status, 201)
  assert.deepEqual(Object.keys(made.body), ['code', 'expiresAt'])
  return made.body.code
}

test('an invite lets one person in, and nobody comes in without', async () => {
  const invite = await newInvite()
  for (const bad of [undefined, '', 'guess', running.setupCode]) {
    const refused = await signUp(bad)
    assert.deepEqual([refused.status, refused.body.code], [403, 'invite_invalid'])
  }
  assert.equal((await signUp(invite)).status, 201)
  assert.equal((await signUp(invite)).body.code, 'invite_invalid')
})

test('of ten who use an invite at once one gets an account', async () => {
  for (let round = 0; round < 5; round += 1) {
    const invite = await newInvite()
    const answers = await Promise.all(Array.from({ length: 10 }, () => signUp(invite)))
    const codes = answers.map(({ status, body }) => (status === 201 ? 'account' : body.code))
    assert.deepEqual(codes.sort(), ['account', ...new Array(9).fill('invite_invalid')])
  }
})

test('a refused sign-up does not use the invite up', async () => {
  const invite = await newInvite()
  const client = createClient(running.origin, { 'x-forwarded-for': '203.0.113.1' })
  const taken = await client.post('/api/sign-up', { email: 'admin@example.com', password, invite })
  assert.deepEqual([taken.status, taken.body.code], [409, 'email_taken'])
  const weak = { email: 'x@example.com', password: 'short', invite }
  assert.equal((await client.post('/api/sign-up', weak)).status, 422)
  assert.equal((await signUp(invite)).status, 201)
})

test('who is not invited does not learn whether an address is taken', async () => {
  const stranger = createClient(running.origin, { 'x-forwarded-for': '203.0.113.2' })
  const answers = await Promise.all(
    ['admin@example.com', 'nobody@example.com'].map((email) =>
      stranger.post('/api/sign-up', { email, password, invite: 'guess' }),
    ),
  )
  assert.equal(answers[0]?.text, answers[1]?.text)
})

test('an invite expires after three days', async () => {
  const invite = await newInvite()
  await running.advance(72 * 3600)
  assert.equal((await signUp(invite)).body.code, 'invite_invalid')
})

test('the database holds no code', async () => {
  await admin.post('/api/sign-in', { email: 'admin@example.com', password })
  const invite = await newInvite()
  const rows = await running.sql('select code_hash from invites')
  assert.ok(rows.length > 0)
  for (const { code_hash: hash } of rows) {
    assert.equal(
      Buffer.from(hash as Uint8Array)
        .toString('latin1')
        .includes(invite),
      false,
    )
  }
})
