import type { EventEmitter } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Lifetime } from '../core/signals/signals.ts'
import type { Problem } from '../http/problem.ts'
import type { Framework } from '../http/request-sessions.ts'
import type { AdapterOptions } from '../http/session-verbs.ts'

/** The translation of what `node:http` gives, and with it Express. */
export function incomingMessages<Request extends IncomingMessage>(
  address: NonNullable<AdapterOptions<Request>['address']>,
): Framework<Request, ServerResponse> {
  return {
    headOf: (request) => ({
      method: request.method ?? '',
      cookie: request.headers.cookie,
      // Not `headers.authorization`, in which Node keeps the first of two and drops the other.
      authorization: request.headersDistinct.authorization?.join(', '),
      origin: request.headers.origin,
      upgrade: request.headers.upgrade,
      secFetchSite: request.headersDistinct['sec-fetch-site']?.join(', '),
      userAgent: request.headers['user-agent'],
      ip: address(request),
    }),
    deliver(response, setCookie) {
      if (setCookie !== undefined) response.appendHeader('set-cookie', setCookie)
      response.setHeader('cache-control', 'no-store')
    },
    whenOver: (response, callback) => whenOver(response)(callback),
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
