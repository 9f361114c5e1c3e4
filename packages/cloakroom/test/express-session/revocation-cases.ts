import assert from 'node:assert/strict'
import { sessionIdOf } from '../../src/express-session/index.ts'
import type { Auth } from '../../src/testing/fixture.ts'
import type { Browser } from './browser.ts'
import type { Cases, Fixture } from './fixture.ts'
import type { Site } from './site.ts'

/** What ends alice's sessions; each is effective on the next request. */
const endings: Readonly<Record<string, (fixture: Fixture, auth: Auth) => unknown>> = {
  'log-out everywhere': ({ alice }, auth) => auth.revoke({ userId: alice }),
  'log-out of everybody': (_fixture, auth) => auth.revoke({ everybody: true }),
  'auth.block': ({ alice }, auth) => auth.block(alice),
  'a plain SQL update of the users table, or what takes its place,': ({ alice, deactivateUser }) =>
    deactivateUser(alice),
}

export const revocationCases: Cases = {
  ...Object.fromEntries(
    Object.entries(endings).map(([name, end]) => [
      `${name} ends the sessions of a user at the next request, and nobody else's data with it`,
      async (fixture: Fixture) => {
        const { alice } = fixture
        const auth = await fixture.auth()
        const site = await fixture.site(auth)
        const browsers = [await logIn(site, alice), await logIn(site, alice)]
        await end(fixture, auth)
        for (const browser of browsers) {
          const { status, session } = await browser.does()
          assert.equal(status, 200)
          assert.equal(session.userId, undefined)
        }
      },
    ]),
  ),

  'a slow request that began before a block changes nothing after it': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { resave: true })
    const browser = await logIn(site, alice)
    const held = site.hold()
    const slow = browser.does('hold', { set: { views: 1 } })
    await held.reached
    await auth.block(alice)
    held.release()
    assert.equal((await slow).status, 200)
    await auth.unblock(alice)
    assert.equal((await browser.does()).session.userId, undefined)
    assert.equal((await auth.stats()).sessions, 0)
  },

  'a user sees its devices and logs out one of them, or all but this one': async (fixture) => {
    const { alice, bob } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const here = await logIn(site, alice)
    const there = await logIn(site, alice)
    const elsewhere = await logIn(site, alice)
    const others = await logIn(site, bob)
    const { sid = '' } = await here.does()
    const { sid: thereSid = '' } = await there.does()
    assert.equal((await auth.list(alice)).length, 3)

    assert.equal((await auth.revoke({ sessionId: sessionIdOf(thereSid), userId: alice })).length, 1)
    assert.equal((await there.does()).session.userId, undefined)
    assert.equal((await elsewhere.does()).session.userId, alice)

    await auth.revoke({ userId: alice, except: sessionIdOf(sid) })
    assert.equal((await elsewhere.does()).session.userId, undefined)
    assert.equal((await here.does({ set: { still: true } })).session.userId, alice)
    assert.equal((await here.does()).session.still, true)
    assert.equal((await others.does()).session.userId, bob)
  },

  'a blocked or inactive user is not signed in, and the application learns why': async (
    fixture,
  ) => {
    const { alice, bob, stranger } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    await auth.block(alice)
    await fixture.deactivateUser(bob)
    const expected = [
      [alice, 'sign_in_superseded'],
      [bob, 'user_inactive'],
      [stranger, 'user_inactive'],
    ] as const
    for (const [userId, code] of expected) {
      for (const before of [[], [{ set: { cart: 1 } }, 'save']] as const) {
        const browser = site.browser()
        const answer = await browser.does(...before, { set: { userId } }, 'save')
        assert.deepEqual([answer.status, answer.code], [401, code])
        assert.equal((await browser.does()).session.userId, undefined)
      }
    }
    assert.equal((await auth.stats()).sessions, (await auth.stats()).anonymous)
  },

  'a log-in begun before the password was checked is void if the user was blocked meanwhile':
    async (fixture) => {
      const { alice } = fixture
      const auth = await fixture.auth()
      const site = await fixture.site(auth)
      for (const steps of [['regenerate'], [{ set: { cart: 1 } }, 'save']] as const) {
        const held = site.hold()
        const browser = site.browser()
        const logIn = browser.does(
          { begin: alice },
          'hold',
          ...steps,
          { set: { userId: alice } },
          'save',
        )
        await held.reached
        await auth.block(alice)
        await auth.unblock(alice)
        held.release()
        const { status, code } = await logIn
        assert.deepEqual({ status, code }, { status: 401, code: 'sign_in_superseded' })
        assert.deepEqual(await auth.list(alice), [])
      }
      const browser = site.browser()
      await browser.does({ begin: alice }, 'regenerate', { set: { userId: alice } }, 'save')
      assert.equal((await browser.does()).session.userId, alice)
    },

  'the cap on sessions of a user counts these sessions': async (fixture) => {
    const { alice } = fixture
    const cap = { limit: 1, whenReached: 'refuse' } as const
    const auth = await fixture.auth({ maxSessionsPerUser: cap })
    const site = await fixture.site(auth)
    const browser = await logIn(site, alice)
    const { status, code } = await site.browser().does({ set: { userId: alice } }, 'save')
    assert.deepEqual({ status, code }, { status: 403, code: 'too_many_sessions' })
    assert.equal((await browser.does()).session.userId, alice)
  },

  'an id of another type than users.id.type is refused': async (fixture) => {
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const { status, code } = await browser.does({ set: { userId: '1 ' } }, 'save')
    assert.deepEqual({ status, code }, { status: 400, code: 'invalid_user_id' })
  },

  'an object that names another user than its row is not served': async (fixture) => {
    const { alice, bob } = fixture
    const auth = await fixture.auth()
    const browser = await logIn(await fixture.site(auth), alice)
    const [listed] = await auth.list(alice)
    await auth.update(listed?.id ?? '', { userId: bob })
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'a database that does not answer is an error with status 503, and never an anonymous request':
    async (fixture) => {
      const { alice } = fixture
      const auth = await fixture.auth()
      const site = await fixture.site(auth)
      const browser = await logIn(site, alice)
      const { cookie } = browser
      await fixture.breakDown()
      const { status, code, setCookie } = await browser.does()
      assert.deepEqual({ status, code }, { status: 503, code: 'store_unavailable' })
      assert.equal(setCookie, undefined)
      assert.equal(browser.cookie, cookie)
      const out = await site.browser().does({ set: { views: 1 } }, 'save')
      assert.deepEqual([out.status, out.code], [503, 'store_unavailable'])
    },

  'a token opens no session of express-session, and what its cookie holds is no token': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { genid: () => token })
    const { token, session } = await (await auth.beginSignIn(alice)).complete()
    const browser = site.browser()
    const { sid = '' } = await browser.does({ set: { views: 1 } })
    assert.equal(sid, token)
    assert.notEqual(sessionIdOf(sid), session.id)
    assert.equal((await browser.does()).session.userId, undefined)
    assert.equal((await browser.does()).session.views, 1)
    assert.equal((await auth.verify(token)).session?.id, session.id)
    await browser.does('destroy')
    assert.equal((await auth.verify(token)).status, 'authenticated')
    const other = await logIn(await fixture.site(auth), alice)
    const { sid: otherSid } = await other.does()
    assert.deepEqual(await auth.verify(otherSid), { status: 'anonymous', reason: 'malformed' })
  },
}

async function logIn(site: Site, userId: Fixture['alice']): Promise<Browser> {
  const browser = site.browser()
  const { status } = await browser.does('regenerate', { set: { userId } }, 'save')
  assert.equal(status, 200)
  return browser
}
