import assert from 'node:assert/strict'
import type { Server } from 'node:net'
import { test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { HTTPException } from 'hono/http-exception'
import { cloakroom } from '../cloakroom.ts'
import { CloakroomError } from '../errors.ts'
import { memory } from '../stores/memory.ts'
import { httpContract } from '../testing/http-contract.ts'
import { listen } from '../testing/listen.ts'
import { signInAs } from '../testing/sign-in-as.ts'
import { honoSessions } from './hono.ts'

httpContract('hono', async (auth) => {
  const sessions = honoSessions(auth)
  const { authenticate, required, requiredStepUp, of, authenticated } = sessions
  const app = new Hono()
  app.onError(sessions.onError)

  app.post('/sign-in', async (c) => {
    const { user, transport, persistent } = await bodyOf(c)
    setCookie(c, 'theme', 'dark')
    const attempt = await auth.beginSignIn(user)
    const options = { methods: ['pwd'], transport, persistent }
    return c.json(await sessions.signIn(c, attempt, options))
  })
  app.post('/anonymous', async (c) => c.json(await sessions.createAnonymous(c)))
  app.post('/rotate', async (c) => c.json(await sessions.rotate(c)))
  app.post('/step-up', async (c) => c.json(await sessions.stepUp(c, { methods: ['pwd'] })))
  app.post('/impersonate', async (c) => {
    const { user } = await bodyOf(c)
    return c.json(await sessions.impersonate(c, user))
  })
  app.post('/sign-out', async (c) => c.json({ ended: await sessions.signOut(c) }))

  app.get('/verdict', authenticate, (c) => c.json(of(c)))
  app.get('/mine', authenticate, (c) => c.json(authenticated(c)))
  app.get('/me', required, (c) => c.json(of(c)))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '/note', required, async (c) => {
    const { session } = authenticated(c)
    const changed = await auth.update(session.id, (data) => ({
      notes: Number(data.notes ?? 0) + 1,
    }))
    if (changed === undefined) throw new CloakroomError('not_authenticated', 'It has ended.')
    return c.json(changed.data)
  })
  app.get('/step-up-only', requiredStepUp, (c) => c.json(of(c)))

  return listen(createAdaptorServer(app) as Server)
})

async function bodyOf(context: Context) {
  return JSON.parse((await context.req.text()) || '{}')
}

async function open() {
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: memory(),
    users: { load: (id: string) => ({ id }) },
    pruneIntervalSeconds: false,
  })
  const sessions = honoSessions(auth)
  const app = new Hono()
  app.onError(sessions.onError)
  const headers = { origin: 'https://app.example' }
  return {
    auth,
    sessions,
    app,
    post: (path: string) => app.request(path, { method: 'POST', headers }),
  }
}

test('the cookie is set also if a handler behind middleware returns a Response of its own', async () => {
  const { auth, sessions, app, post } = await open()
  app.use(sessions.authenticate)
  app.post('/made', async (c) => {
    await sessions.signIn(c, await auth.beginSignIn('alice'))
    return new Response('made', { headers: { 'cache-control': 'max-age=60' } })
  })
  app.post('/frozen', async (c) => {
    await sessions.signIn(c, await auth.beginSignIn('alice'))
    return Response.redirect('https://app.example/', 303)
  })
  app.post('/late', async (c, next) => {
    await next()
    await sessions.signIn(c, await auth.beginSignIn('alice'))
  })
  app.post('/late', () => Response.redirect('https://app.example/', 303))
  for (const path of ['/made', '/frozen', '/late']) {
    const response = await post(path)
    assert.match(response.headers.getSetCookie().join('\n'), /^__Host-session=cloak_/, path)
    assert.equal(response.headers.get('cache-control'), 'no-store', path)
  }
  await auth.close()
})

test('cookies set before and after a verb, and in front of an error, all reach the browser', async () => {
  const { auth, sessions, app, post } = await open()
  app.post('/', async (c) => {
    setCookie(c, 'before', '1')
    await sessions.signIn(c, await auth.beginSignIn('alice'))
    setCookie(c, 'after', '1')
    throw new CloakroomError('step_up_required', 'For example.')
  })
  const response = await post('/')
  assert.equal(response.status, 403)
  const names = response.headers.getSetCookie().map((cookie) => cookie.split('=')[0])
  assert.deepEqual(names, ['before', '__Host-session', 'after'])
  await auth.close()
})

test('onError lets an HTTPException answer, and tells of what is not ours, as Hono does', async (t) => {
  const { auth, sessions, app, post } = await open()
  const foreign = new Error('not ours')
  app.use(sessions.authenticate)
  app.post('/exception', () => {
    throw new HTTPException(418, { message: 'teapot' })
  })
  app.post('/foreign', () => {
    throw foreign
  })
  const response = await post('/exception')
  assert.deepEqual([response.status, await response.text()], [418, 'teapot'])
  const told = t.mock.method(console, 'error', () => {})
  assert.equal((await post('/foreign')).status, 500)
  assert.deepEqual(told.mock.calls[0]?.arguments, [foreign])
  await auth.close()
})

test('the address comes from where the application says, and is unknown without a socket', async () => {
  const { auth, sessions, app, post } = await open()
  const told = honoSessions(auth, { address: (c) => c.req.header('origin') && '192.0.2.1' })
  app.post('/untold', async (c) => c.json(await sessions.signIn(c, await auth.beginSignIn('a'))))
  app.post('/told', async (c) => c.json(await told.signIn(c, await auth.beginSignIn('a'))))
  const addresses = await Promise.all(
    ['/untold', '/told'].map(
      async (path) => JSON.parse(await (await post(path)).text()).session.ip,
    ),
  )
  assert.deepEqual(addresses, [null, '192.0.2.1'])
  await auth.close()
})

test('user and data have the types that follow from the options', async () => {
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: memory(),
    users: { load: (id: string) => ({ id, admin: true }) },
    pruneIntervalSeconds: false,
  })
  const sessions = honoSessions(auth)
  const app = new Hono()
  app.get('/', sessions.required, (c) => {
    const { user } = sessions.authenticated(c)
    const admin: boolean = user.admin
    // @ts-expect-error: users.load gives no such property
    const name: unknown = user.name
    return c.json({ admin, name })
  })
  const { cookie } = await signInAs(auth, 'alice')
  const response = await app.request('/', { headers: { cookie } })
  assert.deepEqual(await response.json(), { admin: true })
  await auth.close()
})
