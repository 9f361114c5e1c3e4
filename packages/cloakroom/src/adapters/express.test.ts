import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import express from 'express'
import { cloakroom } from '../cloakroom.ts'
import { CloakroomError } from '../errors.ts'
import { memory } from '../stores/memory.ts'
import { httpContract } from '../testing/http-contract.ts'
import { listen } from '../testing/listen.ts'
import { signInAs } from '../testing/sign-in-as.ts'
import { expressSessions } from './express.ts'

httpContract('express', async (auth) => {
  const sessions = expressSessions(auth)
  const { authenticate, required, requiredStepUp, of, authenticated } = sessions
  const app = express()
  app.use(express.text({ type: () => true }))

  app.post('/sign-in', async (request, response) => {
    const { user, transport, persistent } = bodyOf(request)
    response.cookie('theme', 'dark')
    const attempt = await auth.beginSignIn(user)
    const options = { methods: ['pwd'], transport, persistent }
    response.json(await sessions.signIn(request, response, attempt, options))
  })
  app.post('/anonymous', async (request, response) => {
    response.json(await sessions.createAnonymous(request, response))
  })
  app.post('/rotate', async (request, response) => {
    response.json(await sessions.rotate(request, response))
  })
  app.post('/step-up', async (request, response) => {
    response.json(await sessions.stepUp(request, response, { methods: ['pwd'] }))
  })
  app.post('/impersonate', async (request, response) => {
    response.json(await sessions.impersonate(request, response, bodyOf(request).user))
  })
  app.post('/sign-out', async (request, response) => {
    response.json({ ended: await sessions.signOut(request, response) })
  })

  app.get('/verdict', authenticate, (request, response) => {
    response.json(of(request))
  })
  app.get('/mine', authenticate, (request, response) => {
    response.json(authenticated(request))
  })
  app.get('/me', required, (request, response) => {
    response.json(of(request))
  })
  const note: express.RequestHandler = async (request, response) => {
    const { session } = authenticated(request)
    const changed = await auth.update(session.id, (data) => ({
      notes: Number(data.notes ?? 0) + 1,
    }))
    if (changed === undefined) throw new CloakroomError('not_authenticated', 'It has ended.')
    response.json(changed.data)
  }
  const notes = app.route('/note').all(required)
  notes.post(note).put(note).patch(note).delete(note)
  app.get('/step-up-only', requiredStepUp, (request, response) => {
    response.json(of(request))
  })
  app.use(sessions.onError)

  return listen(createServer(app))
})

function bodyOf({ body }: express.Request) {
  return JSON.parse(typeof body === 'string' ? body : '{}')
}

async function open() {
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: memory(),
    users: { load: (id: string) => ({ id, admin: true }) },
    pruneIntervalSeconds: false,
  })
  const app = express()
  return {
    auth,
    sessions: expressSessions(auth),
    app,
    async request(path: string, headers: Record<string, string>): Promise<Response> {
      const server = await listen(createServer(app))
      const { method, ...rest } = headers
      const url = `http://127.0.0.1:${server.port}${path}`
      const response = await fetch(url, { method: method ?? 'GET', headers: rest })
      const text = await response.text().catch(() => 'broken off')
      await server.close()
      return new Response(text, response)
    },
  }
}

test("X-Forwarded-For is believed as far as Express's own trust proxy setting says", async () => {
  const { auth, sessions, app, request } = await open()
  app.post('/', async (request, response) => {
    response.json(await sessions.signIn(request, response, await auth.beginSignIn('alice')))
  })
  const headers = {
    method: 'POST',
    origin: 'https://app.example',
    'x-forwarded-for': '198.51.100.1, 192.0.2.1',
  }
  const addresses: unknown[] = []
  for (const trusted of [false, 'loopback'] as const) {
    app.set('trust proxy', trusted)
    const { session } = JSON.parse(await (await request('/', headers)).text())
    addresses.push(session.ip)
  }
  assert.deepEqual(addresses, ['127.0.0.1', '192.0.2.1'])
  await auth.close()
})

test('onError passes on what is not ours, and what comes after the headers', async () => {
  const { auth, sessions, app, request } = await open()
  const foreign = new Error('not ours')
  const ours = new CloakroomError('not_authenticated', 'Too late.')
  const passed: unknown[] = []
  app.get('/foreign', sessions.authenticate, () => {
    throw foreign
  })
  app.get('/late', sessions.authenticate, (_request, response) => {
    response.write('begun')
    throw ours
  })
  app.use(sessions.onError)
  const last: express.ErrorRequestHandler = (error, _request, response, _next) => {
    passed.push(error)
    response.end()
  }
  app.use(last)
  await request('/foreign', {})
  await request('/late', {})
  assert.deepEqual(passed, [foreign, ours])
  await auth.close()
})

test('user and data have the types that follow from the options', async () => {
  const { auth, sessions, app, request } = await open()
  app.get('/', sessions.required, (request, response) => {
    const { user } = sessions.authenticated(request)
    const admin: boolean = user.admin
    // @ts-expect-error: users.load gives no such property
    const name: unknown = user.name
    response.json({ admin, name })
  })
  const { cookie } = await signInAs(auth, 'alice')
  assert.deepEqual(await (await request('/', { cookie })).json(), { admin: true })
  await auth.close()
})
