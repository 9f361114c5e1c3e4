import type { EventEmitter } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Lifetime } from '../core/signals/signals.ts'
import type { Problem } from '../http/problem.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Framework } from '../http/request-sessions.ts'
import type { AdapterOptions } from '../http/session-verbs.ts'

/** The translation of what `node:http` gives, and with it Express. */
export function incomingMessages<Request extends IncomingMessage>(
  address: NonNullable<AdapterOptions<Request>['address']>,
): Framework<Request, ServerResponse> {
  return {
    headOf: (request) => new IncomingHead(request, address),
    deliver(response, setCookie) {
      if (setCookie !== undefined) response.appendHeader('set-cookie', setCookie)
      response.setHeader('cache-control', 'no-store')
    },
    whenOver: (response, callback) => whenOver(response)(callback),
  }
}

/**
 * Read as it is asked for: most requests need only the first few. A class, because getters in a literal
 * would give each request a shape of its own.
 */
class IncomingHead<Request extends IncomingMessage> implements RequestHead {
  readonly #request: Request
  readonly #address: (request: Request) => string | undefined

  constructor(request: Request, address: (request: Request) => string | undefined) {
    this.#request = request
    this.#address = address
  }

  get method() {
    return this.#request.method ?? ''
  }

  get cookie() {
    return this.#request.headers.cookie
  }

  get authorization() {
    // Not `headers.authorization`, in which Node keeps the first of two and drops the other.
    return this.#request.headersDistinct.authorization?.join(', ')
  }

  get origin() {
    return this.#request.headers.origin
  }

  get upgrade() {
    return this.#request.headers.upgrade
  }

  get secFetchSite() {
    return this.#request.headersDistinct['sec-fetch-site']?.join(', ')
  }

  get userAgent() {
    return this.#request.headers['user-agent']
  }

  get ip() {
    return this.#address(this.#request)
  }
}

/** A response is over when it has been sent, or when its connection is gone; a socket when it is closed. */
export function whenOver(connection: EventEmitter): Lifetime {
  return (callback) => void connection.once('close', callback)
}

export function sendProblem(response: ServerResponse, { status, headers, body }: Problem): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.end(body)
}

/** The same to somebody who asked for another protocol: there is no response object then. */
export function refuseUpgrade(socket: Duplex, { status, headers, body }: Problem): void {
  const fields = { ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}
