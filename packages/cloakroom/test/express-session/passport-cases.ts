import assert from 'node:assert/strict'
import type { Cases } from './fixture.ts'

export const passportCases: Cases = {
  'log-in, requests and log-out: the user has its session in between': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    await browser.does({ set: { cart: [1] } })
    await browser.does({ logIn: alice })
    assert.equal((await browser.does()).session.cart, undefined)
    assert.equal((await auth.list(alice)).length, 1)
    assert.deepEqual((await browser.does()).user, { id: alice })

    const stolen = site.browser(browser.cookie)
    await browser.does('logOut')
    assert.deepEqual(await auth.list(alice), [])
    for (const each of [browser, stolen]) assert.equal((await each.does()).user, undefined)
  },

  'keepSessionInfo takes what there was into the new session, and not its identity': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    const { sid } = await browser.does({ set: { cart: [1] } })
    const before = site.browser(browser.cookie)
    const after = await browser.does({ logIn: alice, keepSessionInfo: true })
    assert.notEqual(after.sid, sid)
    assert.deepEqual((await browser.does()).session.cart, [1])
    assert.equal((await before.does()).user, undefined)
    assert.equal((await auth.stats()).sessions, 1)
  },

  'log-out everywhere is a log-out at the next request': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browsers = [site.browser(), site.browser()]
    for (const browser of browsers) await browser.does({ logIn: alice })
    assert.equal((await auth.revoke({ userId: alice })).length, 2)
    for (const browser of browsers) assert.equal((await browser.does()).user, undefined)
  },

  'a slow parallel request cannot undo a log-out of Passport': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { resave: true })
    const browser = site.browser()
    await browser.does({ logIn: alice })
    const stolen = site.browser(browser.cookie)
    const held = site.hold()
    const slow = browser.does('hold', { set: { views: 1 } })
    await held.reached
    await browser.does('logOut')
    held.release()
    assert.equal((await slow).status, 200)
    assert.equal((await stolen.does()).user, undefined)
    assert.deepEqual(await auth.list(alice), [])
  },

  'a user who may not sign in is not signed in, and the callback learns why': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await auth.block(alice)
    const { status, code } = await browser.does({ logIn: alice })
    assert.deepEqual({ status, code }, { status: 401, code: 'sign_in_superseded' })
    assert.equal((await browser.does()).user, undefined)
  },

  'remember me: a maxAge set in the callback of the log-in is that of the session': async (
    fixture,
  ) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    await browser.does({ logIn: alice }, { maxAge: 30 * 86_400_000 })
    const [listed] = await auth.list(alice)
    assert.equal(listed?.persistent, true)
    await fixture.advance(3 * 86_400)
    assert.deepEqual((await browser.does()).user, { id: alice })
  },
}
