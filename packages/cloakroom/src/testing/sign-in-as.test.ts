import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloakroom } from '../cloakroom.ts'
import type { UsersLoader } from '../core/user.ts'
import { memory } from '../stores/memory.ts'
import { signInAs, testClock } from './index.ts'

const users: UsersLoader<{ id: string }> = {
  load: (id) => (id === 'nobody' ? undefined : { id }),
}

test('signInAs gives a real session, and the header that carries it', async () => {
  const clock = testClock()
  const auth = await cloakroom({ origin: 'http://localhost:3000', store: memory(), users, clock })
  const { token, cookie, session, user } = await signInAs(auth, 'alice', { data: { a: 1 } })
  assert.equal(user.id, 'alice')
  assert.deepEqual(session.data, { a: 1 })
  assert.equal(cookie, `${auth.http.cookieName}=${token}`)
  const head = {
    method: 'GET',
    cookie,
    authorization: undefined,
    origin: undefined,
    secFetchSite: undefined,
    userAgent: undefined,
    ip: undefined,
  }
  const verdict = await auth.http.authenticate(head)
  assert(verdict.status === 'authenticated')
  assert.equal(verdict.user.id, 'alice')
  await assert.rejects(signInAs(auth, 'nobody'), { code: 'user_inactive' })

  clock.advance(7 * 86_400)
  assert.deepEqual(await auth.verify(token), { status: 'anonymous', reason: 'idle' })
  await auth.close()
})

test('a test clock stands still until it is told to go on', () => {
  const clock = testClock(1000)
  assert.equal(clock(), 1000)
  clock.advance(1.5)
  assert.equal(clock(), 2500)
  clock.advance(-0.001)
  assert.equal(clock(), 2499)
  assert(Math.abs(testClock()() - Date.now()) < 10_000)
})
