import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import session from 'express-session'
import type { Browser } from '../../test/express-session/browser.ts'
import { openSite, type SiteOptions } from '../../test/express-session/site.ts'
import { type Cloakroom, cloakroom } from '../cloakroom.ts'
import type { NewSession, Store, StoreFactory } from '../core/store.ts'
import type { UsersLoader } from '../core/user.ts'
import { memory } from '../stores/memory.ts'
import { sqlite } from '../stores/sqlite/index.ts'
import { testClock } from '../testing/index.ts'
import { type Call, observed, replaced } from '../testing/session-cases/wrapped-store.ts'
import { expressSessionStore } from './index.ts'
import { keysOf } from './sid.ts'

const origin = 'http://localhost:3000'
const users = { load: (id: string) => ({ id }) }
const hour = 3_600_000

interface OpenOptions {
  readonly wrap?: (store: Store) => Store
  readonly onError?: (error: unknown) => void
}

async function open(t: TestContext, { wrap = (store) => store, ...options }: OpenOptions = {}) {
  const clock = testClock()
  const sessions = memory()
  const store: StoreFactory<UsersLoader> = {
    open: async (definition) => wrap(await sessions.open(definition)),
  }
  const auth = await cloakroom({
    origin,
    store,
    users,
    pruneIntervalSeconds: false,
    clock,
    ...options,
  })
  t.after(() => auth.close())
  return { auth, clock, store: expressSessionStore(auth, { session, userId }) }
}

function userId(session: { userId?: unknown }): string | undefined {
  return session.userId as string | undefined
}

async function visit(
  t: TestContext,
  store: session.Store,
  options?: SiteOptions,
): Promise<Browser> {
  const site = await openSite(store, options)
  t.after(() => site.close())
  return site.browser()
}

/** The verbs of a store, without their callbacks. */
function promises(store: session.Store) {
  return {
    get: promisify(store.get.bind(store)),
    set: promisify(store.set.bind(store)),
    destroy: promisify(store.destroy.bind(store)),
    load: promisify(store.load.bind(store)),
  }
}

describe('express-session store', () => {
  test('bad options are TypeErrors that say what to do', async (t) => {
    const { auth } = await open(t)
    assert.throws(() => expressSessionStore(auth, { session } as never), {
      name: 'TypeError',
      message: /^userId must be a function/,
    })
    assert.throws(() => expressSessionStore(auth, { userId } as never), {
      name: 'TypeError',
      message: /^session must be what express-session exports/,
    })
    assert.throws(() => expressSessionStore({} as Cloakroom, { session, userId }), {
      name: 'TypeError',
      message: /^Expected what cloakroom/,
    })
  })

  test('it is a Store of express-session, and its session is of the application’s own type', async (t) => {
    const auth = await cloakroom({ origin, store: memory(), users, pruneIntervalSeconds: false })
    t.after(() => auth.close())
    const store: session.Store = expressSessionStore(auth, {
      session,
      userId(session) {
        // @ts-expect-error: in a new session there is nothing yet
        session.user.id
        const page: string | undefined = session.user?.page
        return page
      },
    })
    assert(store instanceof session.Store)
    // @ts-expect-error: ids of this auth's users are strings
    expressSessionStore(auth, { session, userId: () => 7 })
  })

  test('resave: true writes nothing where nothing has changed', async (t) => {
    const calls: Call[] = []
    const { store } = await open(t, {
      wrap: (store) => observed(store, (call) => calls.push(call)),
    })
    const options = { resave: true, rolling: true, cookie: { maxAge: hour } }
    const browser = await visit(t, store, options)
    await browser.does({ set: { userId: 'alice', nested: { b: [1], a: null } } })
    for (let count = 0; count < 3; count += 1) await browser.does('save')
    const verbs = calls.map(({ verb }) => verb)
    assert.deepEqual(verbs, ['create', 'find', 'find', 'find'])
  })

  test('a session with a short maxAge is touched by its own interval, once in each', async (t) => {
    const calls: Call[] = []
    const { clock, store } = await open(t, {
      wrap: (store) => observed(store, (call) => calls.push(call)),
    })
    const browser = await visit(t, store, { cookie: { maxAge: hour } })
    await browser.does({ set: { userId: 'alice' } })
    // A minute, spread by 25 %.
    for (const seconds of [44, 31, 1, 44, 31, 1]) {
      clock.advance(seconds)
      await browser.does()
    }
    assert.equal(calls.filter(({ verb }) => verb === 'touch').length, 2)
  })

  test('an update that goes on losing is an error in the end, and changes nothing', async (t) => {
    const update = () => Promise.resolve('conflict' as const)
    const { store } = await open(t, { wrap: (store) => replaced(store, { update }) })
    const browser = await visit(t, store)
    await browser.does({ set: { views: 1 } })
    const { status, code } = await browser.does({ set: { views: 2 } }, 'save')
    assert.deepEqual({ status, code }, { status: 409, code: 'update_conflict' })
    assert.equal((await browser.does()).session.views, 1)
  })

  test('get and set work without a request, on the object itself and on no copy of it', async (t) => {
    const { auth, store } = await open(t)
    const { get, set, load, destroy } = promises(store)
    const { sid = '' } = await (await visit(t, store)).does({ set: { views: 1 } })
    const found = await get(sid)
    assert(found)
    found.views = 2
    await set(sid, found)
    assert.equal((await get(sid))?.views, 2)

    await assert.rejects(set(sid, { ...found }), { name: 'TypeError', message: /no copy/ })
    await assert.rejects(set('another', found), { name: 'TypeError', message: /no copy/ })
    await promisify(store.touch?.bind(store) as never)(sid, { ...found, views: 7 })
    assert.equal((await get(sid))?.views, 2)
    assert.equal((await auth.stats()).sessions, 1)

    const loaded = await load(sid)
    assert(loaded)
    await destroy(sid)
    loaded.views = 3
    await set(sid, loaded)
    assert.equal(await get(sid), undefined)
    assert.equal(await load(sid), undefined)
  })

  test('a log-in that was refused does not succeed when the request ends', async (t) => {
    let refusals = 1
    const { store } = await open(t, {
      wrap: (store) =>
        replaced(store, {
          async create(session) {
            refusals -= 1
            return refusals < 0 ? store.create(session) : { outcome: 'too_many' }
          },
        }),
    })
    const browser = await visit(t, store)
    const logIn = ['regenerate', { set: { userId: 'alice' } }, 'save'] as const
    const { status, code } = await browser.does(...logIn)
    assert.deepEqual({ status, code }, { status: 403, code: 'too_many_sessions' })
    assert.equal((await browser.does()).session.userId, undefined)
    assert.equal((await browser.does(...logIn)).status, 200)
    assert.equal((await browser.does()).session.userId, 'alice')
  })

  test('an object that could not be saved once can be saved later', async (t) => {
    const { store } = await open(t)
    const { get, set } = promises(store)
    const { sid = '' } = await (await visit(t, store)).does({ set: { views: 1 } })
    const found = await get(sid)
    assert(found)
    found.large = 'x'.repeat(20_000)
    await assert.rejects(set(sid, found), { code: 'invalid_data', status: 400 })
    found.large = 'x'
    await set(sid, found)
    assert.equal((await get(sid))?.large, 'x')
  })

  test('a destroy that fails is told to onError where it has no callback', async (t) => {
    const failure = new Error('no database')
    const failures = new EventEmitter()
    const { store } = await open(t, {
      wrap: (store) => replaced(store, { revoke: () => Promise.reject(failure) }),
      onError: (error) => void failures.emit('told', error),
    })
    const told = once(failures, 'told')
    store.destroy('any')
    assert.deepEqual(await told, [failure])
  })
})

describe('what the database holds', () => {
  test('a row whose hash is not that of the sid is not served, and not ended by it', async (t) => {
    let inner: Store | undefined
    const { auth, store } = await open(t, {
      wrap(store) {
        inner = store
        return store
      },
    })
    const sid = 'chosen by somebody else'
    await inner?.create(rowWith(keysOf(sid).id, new Uint8Array(32)))
    const { get, destroy } = promises(store)
    assert.equal(await get(sid), undefined)
    await destroy(sid)
    assert.equal((await auth.stats()).sessions, 1)
  })

  test('gets in nowhere: no value of it is a sid, and the sid is not in it', async (t) => {
    const database = new DatabaseSync(':memory:')
    database.exec('create table users (id text primary key); insert into users values (1)')
    const auth = await cloakroom({
      origin,
      store: sqlite(database, { migrate: true }),
      users: { table: 'users', id: { type: 'text' } },
    })
    t.after(() => auth.close())
    const store = expressSessionStore(auth, { session, userId })
    const { get } = promises(store)
    const browser = await visit(t, store)
    const { sid = '' } = await browser.does({ set: { userId: '1' } })
    const values = database
      .prepare('select * from cloakroom_sessions')
      .all()
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(`${value}`)))
    assert.equal(values.filter((value) => value.length === 32).length, 2)
    for (const value of values) {
      assert(!value.includes(sid) && !value.includes(Buffer.from(sid, 'base64url')))
      for (const encoding of ['latin1', 'hex', 'base64', 'base64url'] as const) {
        assert.equal(await get(value.toString(encoding)), undefined)
      }
    }
    assert.equal((await browser.does()).session.userId, '1')
  })
})

function rowWith(id: Uint8Array, hash: Uint8Array): NewSession {
  return {
    id,
    secretHash: hash,
    familyHash: hash,
    userId: null,
    impersonatorId: null,
    epoch: undefined,
    clientId: null,
    lifetimeMs: hour,
    persistent: true,
    authenticated: false,
    methods: [],
    ip: null,
    device: null,
    data: '{"cookie":{}}',
    maxClockSkewMs: undefined,
    replaces: undefined,
    cap: undefined,
  }
}
