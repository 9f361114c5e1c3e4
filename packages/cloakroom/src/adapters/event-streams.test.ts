import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { Server } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type Cloakroom, cloakroom } from '../cloakroom.ts'
import { memory } from '../stores/memory.ts'
import { listen } from '../testing/listen.ts'
import { signInAs } from '../testing/sign-in-as.ts'
import { expressSessions } from './express.ts'
import { honoSessions } from './hono.ts'
import { nodeSessions } from './node.ts'

type Auth = Cloakroom<{ id: string }>

const greeting = 'event: welcome\ndata: alice\n\n'

/** `/events` streams until the session ends; `/short` looks at the signal and is done. */
const sites: Readonly<Record<string, (auth: Auth) => Server>> = {
  node(auth) {
    const sessions = nodeSessions(auth)
    return createServer(
      sessions.required((request, response) => {
        const { signal } = sessions.authenticated(request).session
        if (request.url === '/short') return response.end(String(signal.aborted))
        response.write(greeting)
        return signal.addEventListener('abort', () => response.end(), { once: true })
      }),
    )
  },

  express(auth) {
    const sessions = expressSessions(auth)
    const app = express()
    app.use(sessions.required)
    app.get('/short', (request, response) => {
      response.send(String(sessions.authenticated(request).session.signal.aborted))
    })
    app.get('/events', (request, response) => {
      const { signal } = sessions.authenticated(request).session
      response.write(greeting)
      signal.addEventListener('abort', () => response.end(), { once: true })
    })
    return createServer(app)
  },

  hono(auth) {
    const sessions = honoSessions(auth)
    const app = new Hono()
    app.use(sessions.required)
    app.get('/short', (c) => c.text(String(sessions.authenticated(c).session.signal.aborted)))
    app.get('/events', (c) => {
      const { signal } = sessions.authenticated(c).session
      return streamSSE(c, async (stream) => {
        const ended = new Promise((resolve) => {
          signal.addEventListener('abort', resolve, { once: true })
          stream.onAbort(() => resolve(undefined))
        })
        await stream.writeSSE({ event: 'welcome', data: 'alice' })
        await ended
      })
    })
    return createAdaptorServer(app) as Server
  },
}

async function open(t: TestContext, site: (auth: Auth) => Server) {
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: memory({ feed: true }),
    users: { load: (id: string) => ({ id }) },
    pruneIntervalSeconds: false,
  })
  const { port, close } = await listen(site(auth as Auth))
  t.after(async () => {
    await close()
    await auth.close()
  })
  const { cookie } = await signInAs(auth, 'alice')
  const get = (path: string, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie }, ...(signal && { signal }) })
  const untilGone = async () => {
    while (auth.feedHealth()?.signals !== 0) await nextTurn()
  }
  return { auth, get, untilGone }
}

for (const [name, site] of Object.entries(sites)) {
  describe(`event streams with ${name}`, { timeout: 30_000 }, () => {
    test('end when the user is blocked', async (t) => {
      const { auth, get, untilGone } = await open(t, site)
      const response = await get('/events')
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      assert.equal((await reader?.read())?.value, greeting)
      assert.equal(auth.feedHealth()?.signals, 1)
      await auth.block('alice')
      assert.equal((await reader?.read())?.done, true)
      await untilGone()
    })

    test('leave no signal behind when their client goes', async (t) => {
      const { auth, get, untilGone } = await open(t, site)
      const client = new AbortController()
      const response = await get('/events', client.signal)
      await response.body?.getReader().read()
      assert.equal(auth.feedHealth()?.signals, 1)
      client.abort()
      await untilGone()
    })

    test('nor does a request that only looked at it', async (t) => {
      const { get, untilGone } = await open(t, site)
      assert.equal(await (await get('/short')).text(), 'false')
      await untilGone()
    })
  })
}
