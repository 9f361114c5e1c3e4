import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Respond = (request: IncomingMessage, response: ServerResponse) => unknown

/** By method and path. */
export type Routes = Readonly<Record<string, Respond>>

const idleMs = 600_000

/**
 * The child's side of `startProcess`: takes its settings, serves what it makes of them, says on which
 * port, and ends with its parent.
 */
export async function runChild<Settings>(
  open: (settings: Settings) => Promise<Routes>,
): Promise<void> {
  process.once('disconnect', () => process.exit())
  const [settings] = (await once(process, 'message')) as [Settings]
  const routes = await open(settings)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const respond = routes[`${request.method} ${pathname}`]
    if (respond === undefined) response.writeHead(404).end()
    else respond(request, response)
  })
  // No connection is lost between two rounds.
  server.keepAliveTimeout = idleMs
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

export function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}
