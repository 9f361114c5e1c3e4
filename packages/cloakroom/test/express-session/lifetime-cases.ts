import assert from 'node:assert/strict'
import type { Cases } from './fixture.ts'

const hour = 3_600_000

export const lifetimeCases: Cases = {
  'a session ends when it was not used for as long as its cookie’s maxAge': async (fixture) => {
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { cookie: { maxAge: hour } })
    const browser = site.browser()
    await browser.does({ set: { userId: fixture.alice } })
    for (let use = 0; use < 5; use += 1) {
      await fixture.advance(3000)
      assert.equal((await browser.does()).session.userId, fixture.alice, `at use ${use}`)
    }
    await fixture.advance(3600)
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'a maxAge longer than the idle timeout does not stretch it': async (fixture) => {
    const auth = await fixture.auth({ idleTimeoutSeconds: 600 })
    const site = await fixture.site(auth, { cookie: { maxAge: hour } })
    const browser = site.browser()
    await browser.does({ set: { userId: fixture.alice } })
    await fixture.advance(601)
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'a session is touched when it is used, and outlives the idle timeout': async (fixture) => {
    const first = await fixture.auth()
    const site = await fixture.site(first, { cookie: { maxAge: 30 * 24 * hour } })
    const browser = site.browser()
    await browser.does({ set: { userId: fixture.alice } })
    await fixture.advance(6 * 86_400)
    await browser.does()
    // Writes what it has collected.
    await first.close()
    await fixture.advance(6 * 86_400)
    const later = (await fixture.site(await fixture.auth())).browser(browser.cookie)
    assert.equal((await later.does()).session.userId, fixture.alice)
  },

  'the absolute timeout ends a session however much it is used': async (fixture) => {
    const auth = await fixture.auth({ absoluteTimeoutSeconds: 7200 })
    const site = await fixture.site(auth, { rolling: true, cookie: { maxAge: hour } })
    const browser = site.browser()
    await browser.does({ set: { userId: fixture.alice } })
    for (let use = 0; use < 3; use += 1) {
      await fixture.advance(2000)
      assert.equal((await browser.does({ set: { use } })).session.userId, fixture.alice)
    }
    await fixture.advance(1200)
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'without a maxAge a session is not persistent, and ends after a day of whatever use': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await browser.does({ set: { userId: alice } })
    assert.deepEqual(
      (await auth.list(alice)).map(({ persistent }) => persistent),
      [false],
    )
    await fixture.advance(86_370)
    assert.equal((await browser.does()).session.userId, alice)
    await fixture.advance(30)
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'remember me: a maxAge set after the log-in was saved makes the session persistent': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const month = 30 * 24 * hour
    const steps = ['regenerate', { set: { userId: alice } }, 'save', { maxAge: month }] as const
    const { setCookie } = await browser.does(...steps)
    assert.match(setCookie ?? '', /Expires=/)
    const [listed] = await auth.list(alice)
    assert.equal(listed?.persistent, true)
    await fixture.advance(6 * 86_400)
    const { session } = await browser.does()
    assert.equal(session.userId, alice)
    assert.equal(session.cookie?.originalMaxAge, month)
  },

  'a maxAge set in a later request does not stretch the life that the log-in had': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await browser.does({ set: { userId: alice } })
    await fixture.advance(43_200)
    await browser.does({ maxAge: 30 * 24 * hour })
    assert.equal((await browser.does()).session.cookie?.originalMaxAge, 30 * 24 * hour)
    await fixture.advance(43_200)
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'a maxAge of its own is kept, though it is no change to express-session': async (fixture) => {
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { cookie: { maxAge: 24 * hour } })
    const browser = site.browser()
    await browser.does({ set: { userId: fixture.alice } })
    await browser.does({ maxAge: hour })
    const { session } = await browser.does()
    assert.equal(session.cookie?.originalMaxAge, hour)
    await fixture.advance(3600)
    assert.equal((await browser.does()).session.userId, undefined)
  },

  'rolling: true renews the cookie with every answer, false only with a change': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    for (const rolling of [true, false]) {
      const site = await fixture.site(auth, { rolling, cookie: { maxAge: hour } })
      const browser = site.browser()
      await browser.does({ set: { userId: fixture.alice } })
      const { setCookie } = await browser.does()
      assert.equal(setCookie !== undefined, rolling)
      assert.match((await browser.does({ set: { views: 1 } })).setCookie ?? '', /Expires=/)
    }
  },

  'the end of the cookie that a request sees is that of the session': async (fixture) => {
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { cookie: { maxAge: hour } })
    const browser = site.browser()
    const before = Date.now()
    await browser.does({ set: { userId: fixture.alice } })
    const { session } = await browser.does()
    const expires = Date.parse(session.cookie?.expires ?? '')
    assert(expires >= before + hour - 1000)
    assert(expires <= Date.now() + hour)
  },

  'prune deletes what has expired, though its id has no time in it': async (fixture) => {
    const auth = await fixture.auth({ absoluteTimeoutSeconds: 3600 })
    const site = await fixture.site(auth)
    for (let count = 0; count < 10; count += 1) {
      await site.browser().does({ set: { userId: fixture.alice } })
    }
    // Longer than it takes, for a server that deletes by itself takes its time.
    await fixture.advance(86_400)
    await auth.prune()
    assert.equal((await auth.stats()).sessions, 0)
  },
}
