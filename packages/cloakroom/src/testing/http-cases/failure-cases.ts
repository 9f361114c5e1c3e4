import assert from 'node:assert/strict'
import { CloakroomError } from '../../errors.ts'
import { assertNoCookie, assertProblem, assertSignedIn } from './assertions.ts'
import { type RawRequest, valuesOf } from './raw-request.ts'
import type { Cases } from './site.ts'

const reads = ['/me', '/mine', '/verdict', '/step-up-only']
const writes = [
  '/note',
  '/sign-in',
  '/anonymous',
  '/rotate',
  '/step-up',
  '/impersonate',
  '/sign-out',
]

export const failureCases: Cases = {
  'ASVS 11.2.5, 16.5.2: while the store is down every answer is 503, never 401, and no cookie changes':
    async (open) => {
      const site = await open()
      const { token, cookie } = await site.signInAs('alice')
      site.interference.before = () => {
        throw new CloakroomError('store_unavailable', `Nobody must see this: ${token}`)
      }
      const requests: RawRequest[] = [
        ...reads.map((path) => ({ path })),
        ...writes.map((path) => ({ method: 'POST', path, body: JSON.stringify({ user: 'bob' }) })),
      ]
      for (const request of requests) {
        const reply = await site.send({ ...request, headers: [site.sameOrigin, cookie] })
        assertProblem(reply, 503, 'store_unavailable', request.path)
        assert.deepEqual(valuesOf(reply, 'retry-after'), ['5'])
        assert.ok(!valuesOf(reply, 'set-cookie').join().includes('session'), request.path)
        assert.ok(!reply.text.includes(token), request.path)
      }
      site.interference.before = () => {}
      await assertSignedIn(site, token, 'alice')
    },

  'what cannot be a token is answered 401 although the store is down: it is never asked': async (
    open,
  ) => {
    const site = await open()
    site.interference.before = () => {
      throw new CloakroomError('store_unavailable', 'Asked.')
    }
    for (const headers of [[], [site.cookie('x')]]) {
      assertProblem(await site.send({ path: '/me', headers }), 401, 'not_authenticated')
    }
  },

  'an error of ours in a handler is a problem, with the challenge that the request deserves':
    async (open) => {
      const site = await open()
      const bare = await site.send({ path: '/mine' })
      assertProblem(bare, 401, 'not_authenticated')
      assert.deepEqual(valuesOf(bare, 'www-authenticate'), ['Bearer realm="app.example"'])
      const headers = [['authorization', 'Bearer x']] as const
      const invalid = await site.send({ path: '/mine', headers })
      assertProblem(invalid, 401, 'not_authenticated')
      assert.deepEqual(valuesOf(invalid, 'www-authenticate'), [
        'Bearer realm="app.example", error="invalid_token"',
      ])
      const nobody = await site.send({
        method: 'POST',
        path: '/sign-in',
        headers: [site.sameOrigin],
        body: JSON.stringify({ user: 'carol' }),
      })
      assertProblem(nobody, 401, 'user_inactive')
    },

  'a refusal says nothing about why, and never shows the token': async (open) => {
    const site = await open()
    const idle = await site.signInAs('alice')
    site.clock.advance(7 * 86_400)
    const live = await site.signInAs('alice')
    const revoked = await site.signInAs('alice')
    await site.auth.revoke({ sessionId: revoked.sessionId })
    const blocked = await site.signInAs('bob')
    await site.auth.block('bob')
    const dead = [idle.token, revoked.token, blocked.token, live.token.slice(0, -1), 'x']
    const replies = await Promise.all(
      dead.map((token) => site.send({ path: '/me', headers: [site.cookie(token)] })),
    )
    const [first] = replies
    for (const [index, reply] of replies.entries()) {
      assertProblem(reply, 401, 'not_authenticated')
      assertNoCookie(reply, 'a refusal')
      assert.equal(reply.text, first?.text)
      assert.deepEqual(
        valuesOf(reply, 'www-authenticate'),
        valuesOf(replies[0] as never, 'www-authenticate'),
      )
      assert.ok(!reply.text.includes(dead[index] as string) || dead[index] === 'x')
    }
    const crossSite = await site.send({ method: 'POST', path: '/note', headers: [live.cookie] })
    assertProblem(crossSite, 403, 'cross_site')
    assert.ok(!crossSite.text.includes(live.token))
  },
}
