import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createClient, newUser, password } from './client.ts'
import { startService } from './start-service.ts'

const running = await startService()
const { origin } = running
after(() => running.stop())

test('a password change ends the thief’s session even if the success cannot be counted', async () => {
  const email = 'ada@example.com'
  const ada = await newUser(origin, email)
  const thief = createClient(origin)
  assert.equal((await thief.post('/api/sign-in', { email, password })).status, 200)
  const next = 'another long passphrase'
  await whileNoSuccessIsCounted(async () => {
    const changed = await ada.post('/api/password', { current: password, new: next })
    assert.equal(changed.status, 200)
  })
  assert.equal((await thief.get('/api/session')).status, 401)
  assert.equal((await ada.get('/api/session')).status, 200)
})

test('neither a sign-in nor a step-up is lost if the success cannot be counted', async () => {
  const email = 'grace@example.com'
  const grace = await newUser(origin, email)
  await whileNoSuccessIsCounted(async () => {
    assert.equal((await grace.post('/api/step-up', { password })).status, 200)
    assert.equal((await grace.get('/api/session')).status, 200)
    assert.equal((await grace.post('/api/sign-in', { email, password })).status, 200)
    assert.equal((await grace.get('/api/session')).status, 200)
  })
})

async function whileNoSuccessIsCounted(work: () => Promise<void>): Promise<void> {
  const crashes = () => running.logged.filter(({ event }) => event === 'sys_crash').length
  const before = crashes()
  const mend = await running.database.breakInserts('known_networks')
  await work()
  await mend()
  assert.ok(crashes() > before)
}
