import type { IncomingMessage, ServerResponse } from 'node:http'
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
    whenOver: (response, callback) => void response.once('close', callback),
  }
}

export function sendProblem(response: ServerResponse, { status, headers, body }: Problem): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.end(body)
}
