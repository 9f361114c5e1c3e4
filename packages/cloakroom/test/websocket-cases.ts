import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import type { Cloakroom, FeedHealth } from 'cloakroom'
import { signInAs } from 'cloakroom/testing'
import { WebSocket } from 'ws'

export interface WebSocketSite {
  /** What the process with the sockets opens its store by. */
  readonly location: string
  /** Another process's sessions on the same database, with the users 1 and 2. */
  readonly auth: Cloakroom<{ id: number }>
  /** Plain SQL on the application's users table. */
  run(sql: string): unknown
  close(): unknown
}

const origin = 'http://localhost:3000'

/** What a WebSocket must be to a session, with the sockets in a process of their own. */
export function webSocketCases(open: () => Promise<WebSocketSite>): void {
  const endings = {
    'is blocked': ({ auth }: WebSocketSite) => auth.block(1),
    'is signed out everywhere': ({ auth }: WebSocketSite) => auth.revoke({ userId: 1 }),
    'is banned by plain SQL': ({ run }: WebSocketSite) =>
      run('update users set banned = true where id = 1'),
    'is deleted by plain SQL': ({ run }: WebSocketSite) => run('delete from users where id = 1'),
  }
  for (const [what, end] of Object.entries(endings)) {
    test(`the socket of a user who ${what} is closed in another process, and nobody else's`, async () => {
      await withServer(open, async (site, server) => {
        const [own, other] = await Promise.all([1, 2].map((id) => connect(site, server, id)))
        assert(own !== undefined && other !== undefined)
        const closed = once(own, 'close')
        await end(site)
        const [code, reason] = (await closed) as [number, Buffer]
        assert.equal(code, 1008)
        assert.equal(String(reason), 'The session has ended')
        assert.equal(other.readyState, WebSocket.OPEN)
        other.close()
        await once(other, 'close')
        await untilGone(server)
      })
    })
  }

  test('a socket that its client closes leaves nothing behind', async () => {
    await withServer(open, async (site, server) => {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(site, server, 1)))
      assert.equal((await server.health()).signals, 20)
      for (const socket of sockets) socket.terminate()
      await untilGone(server)
    })
  })

  test('the signal of a request goes when the request goes', async () => {
    await withServer(open, async ({ auth }, server) => {
      const { token } = await signInAs(auth, 1)
      const headers = { authorization: `Bearer ${token}` }
      for (let count = 0; count < 20; count += 1) {
        const response = await fetch(`http://127.0.0.1:${server.port}/`, { headers })
        assert.equal(await response.text(), 'false')
      }
      await untilGone(server)
    })
  })

  test('cross-site WebSocket hijacking: no socket opens for another site’s page', async () => {
    await withServer(open, async ({ auth }, server) => {
      const { cookie } = await signInAs(auth, 1)
      const url = `ws://127.0.0.1:${server.port}/`
      const foreign = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        {},
        { origin, 'sec-fetch-site': 'cross-site' },
        { origin, 'sec-fetch-site': 'same-site' },
      ]
      for (const headers of foreign) {
        assert.equal(await refusal(new WebSocket(url, { headers: { ...headers, cookie } })), 403)
      }
      assert.equal(await refusal(new WebSocket(url, { headers: { origin } })), 401)
      const own = new WebSocket(url, { headers: { origin, cookie } })
      await once(own, 'message')
      own.terminate()
    })
  })
}

interface Server {
  readonly port: number
  health(): Promise<FeedHealth>
}

async function withServer(
  open: () => Promise<WebSocketSite>,
  run: (site: WebSocketSite, server: Server) => Promise<void>,
): Promise<void> {
  const site = await open()
  const child = fork(new URL('./websocket-server.ts', import.meta.url), [site.location], {
    execArgv: ['--conditions=cloakroom-source', '--disable-warning=ExperimentalWarning'],
  })
  try {
    const { port } = (await nextMessage(child)) as { port: number }
    const health = () => {
      child.send('health')
      return nextMessage(child) as Promise<FeedHealth>
    }
    await run(site, { port, health })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
    await site.close()
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const exit = new AbortController()
  const ended = once(child, 'exit', { signal: exit.signal }).then(() => {
    throw new Error('The process with the sockets has ended')
  })
  const [message] = await Promise.race([once(child, 'message', { signal: exit.signal }), ended])
  exit.abort()
  ended.catch(() => {})
  return message
}

async function connect({ auth }: WebSocketSite, { port }: Server, id: number): Promise<WebSocket> {
  const { token } = await signInAs(auth, id)
  const headers = { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers })
  await once(socket, 'message')
  return socket
}

async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [request, response] = await once(socket, 'unexpected-response')
  request.destroy()
  return response.statusCode
}

async function untilGone(server: Server): Promise<void> {
  const deadline = performance.now() + 60_000
  while ((await server.health()).signals > 0) {
    assert(performance.now() < deadline, 'There are still signals')
  }
}
