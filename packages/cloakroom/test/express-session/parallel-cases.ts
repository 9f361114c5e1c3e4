import assert from 'node:assert/strict'
import type { Cases, Fixture } from './fixture.ts'
import { assertLogOutStands, type LogOutRace, logOutRaces } from './log-out-races.ts'
import type { Step } from './steps.ts'

/** Ways to log out, by the same browser or not. */
const logOuts: Readonly<Record<string, Step>> = {
  destroy: 'destroy',
  regenerate: 'regenerate',
  'removal of the user': { remove: 'user' },
}

const races = Object.entries(logOutRaces).map(([name, race]: [string, LogOutRace]) => [
  name,
  async (fixture: Fixture) => {
    const site = await fixture.site(await fixture.auth(), race.options)
    await assertLogOutStands(site, race, fixture.alice)
  },
])

const lateWrites = Object.entries(logOuts).map(([name, logOut]) => [
  `a slow request that writes the user itself cannot undo a log-out by ${name}`,
  async (fixture: Fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { resave: true })
    const browser = site.browser()
    await browser.does('regenerate', { set: { user: { id: alice } } })
    const stolen = site.browser(browser.cookie)
    const held = site.hold()
    const slow = browser.does('hold', { set: { user: { id: alice, page: '/slow' } } }, 'save')
    await held.reached
    await browser.does(logOut)
    held.release()
    assert.equal((await slow).status, 200)
    assert.equal((await stolen.does()).session.user, undefined)
    assert.deepEqual(await auth.list(alice), [])
  },
])

export const parallelCases: Cases = {
  ...Object.fromEntries([...races, ...lateWrites]),

  'parallel requests that set different properties all keep them': async (fixture) => {
    const auth = await fixture.auth()
    const site = await fixture.site(auth, { resave: true })
    const browser = site.browser()
    await browser.does({ set: { begun: true, obsolete: true } })
    const names = Array.from({ length: 10 }, (_, index) => `property${index}`)
    const held = site.hold()
    const slow = browser.does('hold', { set: { slow: true } })
    await held.reached
    const fast = [...names.map((name) => ({ set: { [name]: name } })), { remove: 'obsolete' }]
    await Promise.all(fast.map((step) => browser.does(step)))
    held.release()
    await slow
    const {
      session: { cookie, ...properties },
    } = await browser.does()
    const expected = Object.fromEntries(names.map((name) => [name, name]))
    assert.deepEqual(properties, { begun: true, slow: true, ...expected })
  },

  'a slow request that saves twice does not remove what it never knew': async (fixture) => {
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    await browser.does({ set: { begun: true } })
    const held = site.hold()
    const slow = browser.does('hold', { set: { slow: 1 } }, 'save', { set: { slow: 2 } })
    await held.reached
    await browser.does({ set: { fast: true } })
    held.release()
    await slow
    const { session } = await browser.does()
    assert.deepEqual([session.begun, session.fast, session.slow], [true, true, 2])
  },

  'a slow request of before a log-in keeps its change, and signs nobody out': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    await browser.does({ set: { cart: [1] } })
    const held = site.hold()
    const slow = browser.does('hold', { set: { cart: [1, 2] } })
    await held.reached
    await browser.does({ set: { userId: alice } })
    held.release()
    await slow
    const { session } = await browser.does()
    assert.equal(session.userId, alice)
    assert.deepEqual(session.cart, [1, 2])
    assert.equal((await auth.list(alice)).length, 1)
  },

  'a log-in into a session that was ended meanwhile is an error, and brings it back to nobody':
    async (fixture) => {
      const { alice } = fixture
      const auth = await fixture.auth()
      const site = await fixture.site(auth)
      const browser = site.browser()
      await browser.does({ set: { cart: [1] } })
      const held = site.hold()
      const slow = browser.does('hold', { set: { userId: alice } }, 'save')
      await held.reached
      await browser.does('destroy')
      held.release()
      const { status, code } = await slow
      assert.deepEqual({ status, code }, { status: 401, code: 'sign_in_superseded' })
      assert.equal((await browser.does()).session.userId, undefined)
      assert.equal((await auth.stats()).sessions, 0)
    },

  'a log-out is never late: it holds for whoever has signed in meanwhile': async (fixture) => {
    const { alice, bob } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    await browser.does({ set: { userId: alice } })
    const held = site.hold()
    const slow = browser.does('hold', { remove: 'userId' })
    await held.reached
    await browser.does({ set: { userId: bob } })
    held.release()
    assert.equal((await slow).status, 200)
    assert.equal((await browser.does()).session.userId, undefined)
    assert.deepEqual(await auth.list(bob), [])
  },

  'of two log-ins at once as different users one gets the session, the other an error': async (
    fixture,
  ) => {
    const { alice, bob } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    await browser.does({ set: { cart: [1] } })
    const held = site.hold(2)
    const both = [alice, bob].map((userId) => browser.does('hold', { set: { userId } }, 'save'))
    await held.reached
    held.release()
    const statuses = (await Promise.all(both)).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 401])
    const winner = statuses[0] === 200 ? alice : bob
    assert.equal((await browser.does()).session.userId, winner)
    assert.equal((await auth.stats()).sessions, 1)
  },

  'of two log-ins at once as the same user both succeed': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const site = await fixture.site(auth)
    const browser = site.browser()
    await browser.does({ set: { cart: [1] } })
    const held = site.hold(2)
    const both = [1, 2].map((n) => browser.does('hold', { set: { userId: alice, n } }, 'save'))
    await held.reached
    held.release()
    for (const { status } of await Promise.all(both)) assert.equal(status, 200)
    assert.equal((await auth.list(alice)).length, 1)
  },

  'a request that saves without waiting, and then again, loses nothing': async (fixture) => {
    const { alice } = fixture
    const auth = await fixture.auth()
    const browser = (await fixture.site(auth)).browser()
    const saves = ['save_later', { set: { userId: alice } }, 'save_later'] as const
    await browser.does({ set: { one: 1 } }, ...saves, { set: { two: 2 } })
    const { session } = await browser.does()
    assert.deepEqual([session.one, session.two, session.userId], [1, 2, alice])
    assert.equal((await auth.list(alice)).length, 1)
  },
}
