import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionIdOf } from '../../src/express-session/fastify-session-store.ts'
import type { Auth } from '../../src/testing/fixture.ts'
import { sqliteHarness } from '../sqlite-database.ts'
import { openFastifySite } from './fastify-site.ts'
import { type Fixture, withFixture } from './fixture.ts'
import { assertLogOutStands, logOutRaces } from './log-out-races.ts'
import type { Site } from './site.ts'

type Options = Parameters<typeof openFastifySite>[1]

interface Opened {
  readonly fixture: Fixture
  readonly auth: Auth
  readonly site: Site
}

function fastifyTest(
  claim: string,
  options: Options,
  run: (opened: Opened) => Promise<void>,
): void {
  test(claim, () =>
    withFixture(sqliteHarness('node:sqlite', 'integer'), async (fixture) => {
      const auth = await fixture.auth()
      const site = await openFastifySite(auth, options)
      try {
        await run({ fixture, auth, site })
      } finally {
        await site.close()
      }
    }),
  )
}

describe('@fastify/session', () => {
  for (const [claim, race] of Object.entries(logOutRaces)) {
    // It has no resave: with rolling, its default, it saves at every request.
    const rolling = race.options.resave ?? false
    fastifyTest(claim.replace('resave', 'rolling'), { rolling }, ({ fixture, site }) =>
      assertLogOutStands(site, race, fixture.alice),
    )
  }

  fastifyTest(
    'a log-in makes a session of the user, which log-out everywhere ends',
    {},
    async ({ fixture: { alice }, auth, site }) => {
      const browser = site.browser()
      await browser.does({ set: { cart: [1] } })
      const { sid = '' } = await browser.does('regenerate', { set: { userId: alice } })
      assert.deepEqual(
        (await auth.list(alice)).map(({ id }) => id),
        [sessionIdOf(sid)],
      )
      const {
        session: { cookie, ...properties },
      } = await browser.does()
      assert.deepEqual(properties, { userId: alice })
      assert.equal((await auth.stats()).sessions, 1)
      await auth.revoke({ userId: alice })
      assert.equal((await browser.does()).session.userId, undefined)
    },
  )

  fastifyTest(
    'a log-in without regenerate, and a log-out that removes the user',
    {},
    async ({ fixture: { alice }, auth, site }) => {
      const browser = site.browser()
      await browser.does({ set: { cart: [1] } })
      await browser.does({ set: { user: { id: alice } } })
      assert.equal((await auth.list(alice)).length, 1)
      const held = site.hold()
      const slow = browser.does('hold', { set: { user: { id: alice, page: '/slow' } } })
      await held.reached
      await browser.does({ remove: 'user' })
      held.release()
      assert.equal((await slow).status, 200)
      const { session } = await browser.does()
      assert.equal(session.user, undefined)
      assert.deepEqual(session.cart, [1])
      assert.deepEqual(await auth.list(alice), [])
    },
  )

  fastifyTest(
    'parallel requests that set different properties all keep them',
    {},
    async ({ site }) => {
      const browser = site.browser()
      await browser.does({ set: { begun: true } })
      const held = site.hold(5)
      const names = ['a', 'b', 'c', 'd', 'e']
      const all = names.map((name) => browser.does('hold', { set: { [name]: true } }))
      await held.reached
      held.release()
      await Promise.all(all)
      const {
        session: { cookie, ...properties },
      } = await browser.does()
      const expected = Object.fromEntries(['begun', ...names].map((name) => [name, true]))
      assert.deepEqual(properties, expected)
    },
  )

  fastifyTest(
    'an object can be saved several times, and reloaded, in one request',
    {},
    async ({ fixture: { alice }, auth, site }) => {
      const browser = site.browser()
      await browser.does(
        { set: { one: 1 } },
        'save_later',
        { set: { userId: alice } },
        'save',
        { set: { lost: true } },
        'reload',
        { set: { two: 2 } },
      )
      await browser.does({ set: { removed: true } }, 'save', { remove: 'removed' })
      const { session } = await browser.does()
      assert.deepEqual([session.one, session.two, session.userId], [1, 2, alice])
      assert.deepEqual([session.lost, session.removed], [undefined, undefined])
      assert.equal((await auth.list(alice)).length, 1)
    },
  )

  fastifyTest(
    'an object that has lost all its properties is still of its session',
    {},
    async ({ fixture: { alice }, auth, site }) => {
      const browser = site.browser()
      await browser.does({ set: { userId: alice } })
      const { status } = await browser.does({ remove: 'cloakroomOrigin' }, { remove: 'userId' })
      assert.equal(status, 200)
      assert.deepEqual(await auth.list(alice), [])
      assert.equal((await auth.stats()).sessions, 1)
    },
  )

  fastifyTest(
    'regenerate that keeps all properties begins another session',
    {},
    async ({ fixture: { alice }, auth, site }) => {
      const browser = site.browser()
      const { sid } = await browser.does({ set: { cart: [1] } })
      const after = await browser.does(
        { regenerateWith: ['cart', 'cloakroomOrigin'] },
        {
          set: { userId: alice },
        },
      )
      assert.notEqual(after.sid, sid)
      const { session } = await browser.does()
      assert.deepEqual([session.cart, session.userId], [[1], alice])
      assert.equal((await auth.stats()).sessions, 1)
    },
  )

  for (const rolling of [true, false]) {
    fastifyTest(
      `a session ends when it was not used for its maxAge, and not while it is, rolling: ${rolling}`,
      { rolling, cookie: { secure: false, maxAge: 3_600_000 } },
      async ({ fixture, site }) => {
        const browser = site.browser()
        await browser.does({ set: { userId: fixture.alice } })
        for (let use = 0; use < 3; use += 1) {
          await fixture.advance(3000)
          assert.equal((await browser.does()).session.userId, fixture.alice)
        }
        await fixture.advance(3600)
        assert.equal((await browser.does()).session.userId, undefined)
      },
    )
  }

  fastifyTest(
    'a database that does not answer is an error with status 503',
    {},
    async ({ fixture, site }) => {
      const browser = site.browser()
      await browser.does({ set: { userId: fixture.alice } })
      await fixture.breakDown()
      const { status, code, setCookie } = await browser.does()
      assert.deepEqual([status, code, setCookie], [503, 'store_unavailable', undefined])
    },
  )
})
