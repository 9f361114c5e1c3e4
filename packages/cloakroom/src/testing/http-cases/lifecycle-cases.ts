import assert from 'node:assert/strict'
import { assertNoCookie, assertProblem, assertSignedIn, assertSignedOut } from './assertions.ts'
import { barrier } from './interference.ts'
import { type RawHeader, type Reply, valuesOf } from './raw-request.ts'
import type { Cases, Site } from './site.ts'

export const lifecycleCases: Cases = {
  'ASVS 7.2.4, fixation: a log-in gives a new token and ends the session that was planted': async (
    open,
  ) => {
    const site = await open()
    const anonymous = await site.auth.createAnonymous()
    const attackers = await site.signInAs('bob')
    for (const planted of [anonymous.token, attackers.token]) {
      const token = site.tokenIn(await signIn(site, site.cookie(planted)))
      assert.notEqual(token, planted)
      await assertSignedIn(site, token, 'alice')
      assert.equal((await site.auth.verify(planted)).status, 'anonymous')
      await assertSignedOut(site, planted)
    }
  },

  'ASVS 7.2.4, fixation: a made-up token never becomes a session': async (open) => {
    const site = await open()
    const live = (await site.signInAs('alice')).token
    const altered = live.slice(0, -1) + (live.endsWith('0') ? '1' : '0')
    for (const planted of ['planted', altered, `cloak_${'A'.repeat(70)}`]) {
      const token = site.tokenIn(await signIn(site, site.cookie(planted)))
      assert.notEqual(token, planted)
      await assertSignedOut(site, planted)
    }
  },

  'ASVS 7.4.1: after sign-out the old cookie is worth nothing': async (open) => {
    const site = await open()
    const { token, sessionId } = await site.signInAs('alice')
    const reply = await post(site, '/sign-out', token)
    assert.deepEqual(JSON.parse(reply.text), { ended: [sessionId] })
    await assertSignedOut(site, token)
    assert.deepEqual(await site.auth.list('alice'), [])
    const again = await post(site, '/sign-out', token)
    assert.deepEqual(JSON.parse(again.text), { ended: [] })
  },

  'ASVS 7.2.4: rotation and step-up give a new token for the same session, and the old one dies':
    async (open) => {
      const site = await open()
      const { token, sessionId } = await site.signInAs('alice')
      const tokens = [token]
      for (const path of ['/rotate', '/step-up']) {
        const reply = await post(site, path, tokens[0] as string)
        assert.equal(JSON.parse(reply.text).session.id, sessionId)
        tokens.unshift(site.tokenIn(reply))
      }
      const [newest = '', ...dead] = tokens
      await assertSignedIn(site, newest, 'alice')
      for (const each of dead) {
        await assertSignedOut(site, each)
        for (const path of ['/rotate', '/step-up']) {
          const reply = await post(site, path, each)
          assertProblem(reply, 401, 'not_authenticated', path)
          assertNoCookie(reply, `${path} with a dead token`)
        }
      }
    },

  'a blocked user, a user who is gone, and one signed out everywhere are out on the next request':
    async (open) => {
      const site = await open()
      const ends: readonly (() => unknown)[] = [
        () => site.auth.block('bob'),
        async () => {
          await site.auth.unblock('bob')
          await site.auth.revoke({ userId: 'alice' })
        },
        () => site.auth.revoke({ everybody: true }),
        () => site.users.delete('alice'),
      ]
      for (const [index, end] of ends.entries()) {
        const user = index === 0 ? 'bob' : 'alice'
        const { token } = await site.signInAs(user)
        await assertSignedIn(site, token, user)
        await end()
        await assertSignedOut(site, token)
      }
    },

  'ASVS 7.5.3: step-up is demanded where the credential was checked too long ago': async (open) => {
    const site = await open()
    const { token } = await site.signInAs('alice')
    assert.equal((await get(site, '/step-up-only', token)).status, 200)
    site.clock.advance(600)
    assertProblem(await get(site, '/step-up-only', token), 403, 'step_up_required')
    const next = site.tokenIn(await post(site, '/step-up', token))
    assert.equal((await get(site, '/step-up-only', next)).status, 200)
    const nobody = await site.send({ path: '/step-up-only' })
    assertProblem(nobody, 401, 'not_authenticated')
  },

  'an impersonated session acts as the user, and passes no step-up': async (open) => {
    const site = await open()
    const { token } = await site.signInAs('alice')
    const reply = await post(site, '/impersonate', token)
    const { session, user } = JSON.parse(reply.text)
    assert.deepEqual([session.impersonatorId, user.id], ['alice', 'bob'])
    const acting = site.tokenIn(reply)
    await assertSignedIn(site, acting, 'bob')
    assertProblem(await get(site, '/step-up-only', acting), 403, 'impersonated_session')
    assertProblem(await post(site, '/step-up', acting), 403, 'impersonated_session')
    assertProblem(await post(site, '/impersonate', acting), 403, 'impersonated_session')
  },

  'an anonymous session is seen, and opens nothing': async (open) => {
    const site = await open()
    const made = await site.send({ method: 'POST', path: '/anonymous', headers: [site.sameOrigin] })
    const token = site.tokenIn(made)
    const seen = JSON.parse((await get(site, '/verdict', token)).text)
    assert.deepEqual([seen.status, seen.reason], ['anonymous', 'not_signed_in'])
    assert.equal(seen.session.id, JSON.parse(made.text).session.id)
    for (const path of ['/me', '/mine', '/step-up-only']) {
      const reply = await get(site, path, token)
      assertProblem(reply, 401, 'not_authenticated', path)
      assert.deepEqual(valuesOf(reply, 'www-authenticate'), ['Bearer realm="app.example"'], path)
    }
  },

  'parallel requests during a step-up lose nobody their cookie: those read before it pass, those after it fail, none sets one':
    async (open) => {
      for (const side of ['before', 'after'] as const) {
        const site = await open()
        const { token } = await site.signInAs('alice')
        const stopped = barrier('find', 5)
        site.interference[side] = stopped.wait
        const slow = Promise.all(
          ['/me', '/mine', '/verdict', '/me', '/step-up-only'].map((path) =>
            get(site, path, token),
          ),
        )
        await stopped.reached
        const steppedUp = await post(site, '/step-up', token)
        stopped.release()
        const replies = await slow
        for (const reply of replies) assertNoCookie(reply, 'a parallel request')
        const statuses = replies.map(({ status }) => status)
        assert.deepEqual(
          statuses,
          side === 'after' ? [200, 200, 200, 200, 200] : [401, 401, 200, 401, 401],
        )
        const jar = newestCookie(site, [steppedUp, ...replies])
        await assertSignedIn(site, jar, 'alice')
      }
    },

  'of two step-ups at once one wins, and the client that keeps the newest cookie stays signed in':
    async (open) => {
      const site = await open()
      const { token } = await site.signInAs('alice')
      const stopped = barrier('find', 2)
      site.interference.after = stopped.wait
      const both = Promise.all([post(site, '/step-up', token), post(site, '/step-up', token)])
      await stopped.reached
      stopped.release()
      const replies = await both
      assert.deepEqual(replies.map(({ status }) => status).toSorted(), [200, 401])
      await assertSignedIn(site, newestCookie(site, replies), 'alice')
    },

  'a slow parallel request cannot undo a log-out': async (open) => {
    const site = await open()
    const { token } = await site.signInAs('alice')
    const stopped = barrier('find', 1)
    site.interference.after = stopped.wait
    const slow = post(site, '/note', token)
    await stopped.reached
    assert.equal((await post(site, '/sign-out', token)).status, 200)
    stopped.release()
    const reply = await slow
    assertProblem(reply, 401, 'not_authenticated')
    assertNoCookie(reply, 'a request overtaken by a log-out')
    await assertSignedOut(site, token)
  },

  'a block between the check of the password and the session leaves no session': async (open) => {
    const site = await open()
    site.interference.before = async (verb) => {
      if (verb === 'create') await site.auth.block('alice')
    }
    const reply = await signIn(site)
    assertProblem(reply, 401, 'sign_in_superseded')
    assert.deepEqual(valuesOf(reply, 'www-authenticate'), ['Bearer realm="app.example"'])
    assert.deepEqual(await site.auth.list('alice'), [])
  },
}

function get(site: Site, path: string, token: string): Promise<Reply> {
  return site.send({ path, headers: [site.cookie(token)] })
}

function post(site: Site, path: string, token: string): Promise<Reply> {
  const headers = [site.sameOrigin, site.cookie(token)]
  return site.send({ method: 'POST', path, headers, body: JSON.stringify({ user: 'bob' }) })
}

function signIn(site: Site, ...headers: RawHeader[]): Promise<Reply> {
  const body = JSON.stringify({ user: 'alice' })
  return site.send({
    method: 'POST',
    path: '/sign-in',
    headers: [site.sameOrigin, ...headers],
    body,
  })
}

/** What a browser holds after these replies, in this order. */
function newestCookie(site: Site, replies: readonly Reply[]): string {
  const setting = replies.filter((reply) => valuesOf(reply, 'set-cookie').length > 0)
  return site.tokenIn(setting.at(-1) as Reply)
}
