import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Headers } from './http/security-headers.ts'

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

export interface Listening {
  readonly port: number
  /** From now on requests are answered; those that came earlier were kept waiting. */
  serve(listener: Listener, headers: Headers): void
  isDraining(): boolean
  /** Takes no new connections, and resolves when the last request is answered, or is cut off. */
  drain(limitMs: number): Promise<void>
}

const headersTimeout = 10_000
const requestTimeout = 30_000
/** Node looks for requests that take too long only so often; by itself every 30 s. */
const connectionsCheckingInterval = 5000

/** Binds the port first, so that what depends on its number can be made with the real one. */
export async function listen(port: number, host: string): Promise<Listening> {
  const { promise: served, resolve: start } = Promise.withResolvers<Listener>()
  const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval })
  const unanswered = new Set<ServerResponse>()
  let draining = false
  server.on('request', (incoming, outgoing) => {
    unanswered.add(outgoing)
    outgoing.on('close', () => unanswered.delete(outgoing))
    if (draining) outgoing.shouldKeepAlive = false
    void served.then((listener) => listener(incoming, outgoing))
  })
  await bind(server, port, host)

  return {
    port: (server.address() as AddressInfo).port,
    serve(listener, headers) {
      refuseMalformed(server, headers)
      start(listener)
    },
    isDraining: () => draining,
    drain(limitMs) {
      draining = true
      // A connection that was kept alive would keep the server up until its client lets go of it.
      for (const outgoing of unanswered) outgoing.shouldKeepAlive = false
      return new Promise((resolve) => {
        const limit = setTimeout(() => server.closeAllConnections(), limitMs)
        server.close(() => {
          clearTimeout(limit)
          resolve()
        })
      })
    },
  }
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** What is not HTTP never reaches the application; its answer has the same headers all the same. */
function refuseMalformed(server: Server, headers: Headers): void {
  const lines = [...headers, ['connection', 'close'], ['content-length', '0']]
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end(`HTTP/1.1 ${statusLines[error.code ?? ''] ?? '400 Bad Request'}\r\n${head}\r\n`)
  })
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}
