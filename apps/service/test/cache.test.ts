import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { createClient, newUser, password } from './client.ts'
import { newDatabase, type TestDatabase } from './new-database.ts'
import { startService, type TestService } from './start-service.ts'

const environment = { CACHE_LEASE_SECONDS: '2' }

let database: TestDatabase
let here: TestService
let elsewhere: TestService
before(async () => {
  database = await newDatabase()
  here = await startService({ database, environment })
  elsewhere = await startService({ database, environment })
  await waitUntil('both hear', () =>
    [here, elsewhere].every(({ service }) => service.auth.feedHealth()?.isConfirmed === true),
  )
})
after(async () => {
  await here.stop()
  await elsewhere.stop()
  await database.remove()
})

test('a session that one process keeps in memory ends there when another one ends it', async () => {
  const email = 'ada@example.com'
  const ada = await newUser(here.origin, email)
  const other = createClient(elsewhere.origin)
  await other.post('/api/sign-in', { email, password })
  const hits = () => here.service.auth.feedHealth()?.cache?.hits ?? 0
  const before = hits()
  await waitUntil('it is verified from memory', async () => {
    assert.equal((await ada.get('/api/session')).status, 200)
    return hits() > before
  })
  const { id } = (await ada.get('/api/session')).body.session
  const ended = await other.delete(`/api/sessions/${id}`)
  assert.equal(ended.status, 204)
  await waitUntil('it is refused', async () => (await ada.get('/api/session')).status === 401)
})
