import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { cloakroom } from '../cloakroom.ts'
import { CloakroomError } from '../errors.ts'
import { memory } from '../stores/memory.ts'
import { httpContract } from '../testing/http-contract.ts'
import { listen } from '../testing/listen.ts'
import { signInAs } from '../testing/sign-in-as.ts'
import { type Handler, nodeSessions } from './node.ts'

httpContract('node', async (auth) => {
  const sessions = nodeSessions(auth)
  const { authenticate, required, requiredStepUp, of, authenticated } = sessions

  const note = required(async (request, response) => {
    const { session } = authenticated(request)
    const changed = await auth.update(session.id, (data) => ({
      notes: Number(data.notes ?? 0) + 1,
    }))
    if (changed === undefined) throw new CloakroomError('not_authenticated', 'It has ended.')
    json(response, changed.data)
  })

  const routes: Readonly<Record<string, Handler>> = {
    'POST /sign-in': async (request, response) => {
      const { user, transport, persistent } = await bodyOf(request)
      response.setHeader('set-cookie', 'theme=dark')
      const attempt = await auth.beginSignIn(user)
      const options = { methods: ['pwd'], transport, persistent }
      json(response, await sessions.signIn(request, response, attempt, options))
    },
    'POST /anonymous': async (request, response) =>
      json(response, await sessions.createAnonymous(request, response)),
    'POST /rotate': async (request, response) =>
      json(response, await sessions.rotate(request, response)),
    'POST /step-up': async (request, response) =>
      json(response, await sessions.stepUp(request, response, { methods: ['pwd'] })),
    'POST /impersonate': async (request, response) => {
      const { user } = await bodyOf(request)
      json(response, await sessions.impersonate(request, response, user))
    },
    'POST /sign-out': async (request, response) =>
      json(response, { ended: await sessions.signOut(request, response) }),

    'GET /verdict': authenticate((request, response) => json(response, of(request))),
    'GET /mine': authenticate((request, response) => json(response, authenticated(request))),
    'GET /me': required((request, response) => json(response, of(request))),
    'POST /note': note,
    'PUT /note': note,
    'PATCH /note': note,
    'DELETE /note': note,
    'GET /step-up-only': requiredStepUp((request, response) => json(response, of(request))),
  }

  const server = createServer(async (request, response) => {
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    try {
      await routes[`${method} ${pathname}`]?.(request, response)
    } catch (error) {
      sessions.onError(error, request, response)
    }
  })
  return listen(server)
})

function json(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage) {
  return JSON.parse((await text(request)) || '{}')
}

async function open() {
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: memory(),
    users: { load: (id: string) => ({ id, admin: true }) },
    pruneIntervalSeconds: false,
  })
  return {
    auth,
    sessions: nodeSessions(auth),
    /** The response of a listener, and how the listener ended. */
    async request(listener: Handler, headers: Record<string, string> = {}) {
      let ended: unknown
      const server = await listen(
        createServer(async (request, response) => {
          try {
            await listener(request, response)
          } catch (error) {
            ended = error
            response.end()
          }
        }),
      )
      const method = headers.origin === undefined ? 'GET' : 'POST'
      const response = await fetch(`http://127.0.0.1:${server.port}/`, { method, headers })
      const body = await response.text()
      await server.close()
      return { status: response.status, body, ended }
    },
  }
}

test('a listener rejects with what is not ours, and with what comes after the headers', async () => {
  const { auth, sessions, request } = await open()
  const foreign = new Error('not ours')
  const ours = new CloakroomError('not_authenticated', 'Too late.')
  const first = await request(
    sessions.authenticate(() => {
      throw foreign
    }),
  )
  assert.equal(first.ended, foreign)
  const second = await request(
    sessions.authenticate(async (_request, response) => {
      response.write('begun')
      throw ours
    }),
  )
  assert.deepEqual([second.ended, second.body], [ours, 'begun'])
  await auth.close()
})

test('the address comes from where the application says', async () => {
  const { auth, request } = await open()
  const behindProxy = nodeSessions(auth, {
    address: ({ headers }) => headers['x-real-ip']?.toString(),
  })
  const reply = await request(
    async (request, response) =>
      json(response, await behindProxy.signIn(request, response, await auth.beginSignIn('alice'))),
    { origin: 'https://app.example', 'x-real-ip': '192.0.2.1' },
  )
  assert.equal(JSON.parse(reply.body).session.ip, '192.0.2.1')
  await auth.close()
})

test('user and data have the types that follow from the options', async () => {
  const { auth, sessions, request } = await open()
  const listener = sessions.required((request, response) => {
    const { user } = sessions.authenticated(request)
    const admin: boolean = user.admin
    // @ts-expect-error: users.load gives no such property
    const name: unknown = user.name
    json(response, { admin, name })
  })
  const { cookie } = await signInAs(auth, 'alice')
  const { body } = await request(listener, { cookie })
  assert.deepEqual(JSON.parse(body), { admin: true })
  await auth.close()
})
