import assert from 'node:assert/strict'
import { sessionIdOf } from '../../src/express-session/index.ts'
import type { Cases } from './fixture.ts'

export const logInCases: Cases = {
  'a log-in makes a session of the user, with its device and address': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const { sid = '' } = await browser.does('regenerate', { set: { userId: alice } })
    const [listed, ...others] = await auth.list(alice)
    assert.deepEqual(others, [])
    assert.equal(listed?.id, sessionIdOf(sid))
    assert.equal(listed?.device, 'Firefox on Linux')
    assert.equal(listed?.ip, '127.0.0.1')
    assert.notEqual(listed?.authenticatedAt, null)
    assert.equal((await browser.does()).session.userId, alice)
  },

  'regenerate at log-in ends the session from before it: no fixation': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const victim = site.browser()
    await victim.does({ set: { cart: [1] } })
    const attacker = site.browser(victim.cookie)
    await victim.does('regenerate', { set: { userId: alice } })
    const seen = await attacker.does()
    assert.equal(seen.session.userId, undefined)
    assert.equal(seen.session.cart, undefined)
    assert.equal((await auth.stats()).sessions, 1)
  },

  'saveUninitialized: false makes a session for nobody who only looks, true for everybody': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const careful = (await fixture.site(auth)).browser()
    assert.equal((await careful.does()).setCookie, undefined)
    assert.equal((await auth.stats()).sessions, 0)
    const eager = (await fixture.site(auth, { saveUninitialized: true })).browser()
    const { sid } = await eager.does()
    assert.equal((await eager.does()).sid, sid)
    const { sessions, anonymous } = await auth.stats()
    assert.deepEqual({ sessions, anonymous }, { sessions: 1, anonymous: 1 })
  },

  'a log-in without regenerate gives the anonymous session its user, and keeps its data': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const { sid } = await browser.does({ set: { cart: [1] } })
    assert.equal((await browser.does({ set: { userId: alice } })).sid, sid)
    assert.equal((await auth.list(alice)).length, 1)
    assert.equal((await auth.stats()).sessions, 1)
    const { session } = await browser.does()
    assert.deepEqual(session.cart, [1])
    assert.equal(session.userId, alice)
  },

  'a log-out that only removes the user leaves an anonymous session with the rest': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await browser.does('regenerate', { set: { userId: alice, theme: 'dark' } })
    await browser.does({ remove: 'userId' })
    assert.deepEqual(await auth.list(alice), [])
    const { session } = await browser.does()
    assert.equal(session.userId, undefined)
    assert.equal(session.theme, 'dark')
    assert.equal((await auth.stats()).anonymous, 1)
  },

  'a session that changes its user is the other user’s from then on': async (fixture) => {
    const { alice, bob } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await browser.does({ set: { userId: alice } })
    await browser.does({ set: { userId: bob } })
    assert.deepEqual(await auth.list(alice), [])
    assert.equal((await auth.list(bob)).length, 1)
    await auth.revoke({ userId: alice })
    assert.equal((await browser.does()).session.userId, bob)
  },

  'destroy ends the session; so does unset where the application says so': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { unset: 'destroy' })
    for (const step of ['destroy', 'unset'] as const) {
      const browser = site.browser()
      await browser.does('regenerate', { set: { userId: alice } })
      await browser.does(step)
      assert.equal((await auth.stats()).sessions, 0, step)
      assert.equal((await browser.does()).session.userId, undefined)
    }
  },

  'an object can be saved, changed and saved again, and reloaded, in one request': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const { session } = await browser.does(
      { set: { one: 1 } },
      'save',
      { set: { userId: alice } },
      'save',
      { set: { lost: true } },
      'reload',
      { set: { two: 2 } },
    )
    assert.equal(session.lost, undefined)
    const later = (await browser.does()).session
    assert.deepEqual([later?.one, later?.two, later?.userId], [1, 2, alice])
    assert.equal((await auth.list(alice)).length, 1)
  },

  'what JSON makes of a value is what comes back, as from other stores': async (fixture) => {
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const odd = { nested: { z: 1, a: [null, 'é\u2028"'] }, 'a key': '' }
    await browser.does({ set: odd })
    const {
      session: { cookie, ...properties },
    } = await browser.does()
    assert.deepEqual(properties, odd)
    assert.deepEqual(cookie, { originalMaxAge: null, expires: null, httpOnly: true, path: '/' })
  },

  'more than 16 KiB are refused with a reason, and what was there stays': async (fixture) => {
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await browser.does({ set: { small: 1 } })
    const { status, code } = await browser.does({ set: { large: 'x'.repeat(16_384) } }, 'save')
    assert.deepEqual({ status, code }, { status: 400, code: 'invalid_data' })
    const { session } = await browser.does()
    assert.equal(session.large, undefined)
    assert.equal(session.small, 1)
  },
}
