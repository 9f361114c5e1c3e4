import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Cloakroom } from '../cloakroom.ts'
import type { AnyUser } from '../core/user.ts'
import { type Requirement, requestSessions } from '../http/request-sessions.ts'
import type { AdapterOptions, SessionVerbs } from '../http/session-verbs.ts'
import { incomingMessages, refuseUpgrade, sendProblem, whenOver } from './incoming-message.ts'

/** What `createServer` takes, and what may fail. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Rejects with what the handler throws, unless it is an error of Cloakroom's. Catch it: a promise
 * that nobody catches ends the process.
 */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** What a WebSocket library's `handleUpgrade` takes. */
type Upgrade = readonly [request: IncomingMessage, socket: Duplex, head: Buffer]
export type UpgradeHandler = (...upgrade: Upgrade) => unknown
/** Rejects with what the handler throws, having closed the socket. */
export type UpgradeListener = (...upgrade: Upgrade) => Promise<void>

/**
 * Middleware of `node:http` is a function around a handler. Each answers by itself what is refused
 * (400, 403), a store that does not answer (503), and errors of Cloakroom's that the handler throws.
 * Other errors reject.
 */
export interface NodeSessions<User extends AnyUser, Data, Input>
  extends SessionVerbs<[request: IncomingMessage, response: ServerResponse], User, Data, Input> {
  /** Verifies; the handler learns the result by `of`. */
  readonly authenticate: (handler: Handler) => Listener
  /** 401 unless somebody is signed in. */
  readonly required: (handler: Handler) => Listener
  /** 401 as well, and 403 unless the credential was checked recently. */
  readonly requiredStepUp: (handler: Handler) => Listener
  /**
   * For `server.on('upgrade', …)`: opens no WebSocket unless somebody is signed in, nor one for another
   * site's page (RFC 6455 §10.2). `session.signal` goes when the socket closes.
   */
  readonly upgrade: (handler: UpgradeHandler) => UpgradeListener
  /** For handlers without any of these. Throws what is no error of Cloakroom's. */
  readonly onError: (error: unknown, request: IncomingMessage, response: ServerResponse) => void
}

/** @throws {TypeError} for bad `transports` */
export function nodeSessions<User extends AnyUser, Data, Input>(
  auth: Cloakroom<User, Data, Input>,
  options: AdapterOptions<IncomingMessage> = {},
): NodeSessions<User, Data, Input> {
  const { address = ({ socket }) => socket.remoteAddress, transports } = options
  const framework = incomingMessages(address)
  const { check, problemOf, ...verbs } = requestSessions(auth, framework, transports)

  function onError(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const problem = problemOf(error, request)
    if (problem === undefined || response.headersSent) throw error
    sendProblem(response, problem)
  }

  const before =
    (requirement: Requirement) =>
    (handler: Handler): Listener =>
    async (request, response) => {
      try {
        const problem = await check(request, whenOver(response), requirement)
        if (problem === undefined) await handler(request, response)
        else sendProblem(response, problem)
      } catch (error) {
        onError(error, request, response)
      }
    }

  return Object.freeze({
    ...verbs,
    authenticate: before('unrefused'),
    required: before('authenticated'),
    requiredStepUp: before('stepped_up'),
    upgrade:
      (handler: UpgradeHandler): UpgradeListener =>
      async (request, socket, head) => {
        // Until the handler has the socket, nobody else listens to what can happen to it.
        socket.once('error', () => socket.destroy())
        try {
          const problem = await check(request, whenOver(socket), 'authenticated')
          if (problem === undefined) await handler(request, socket, head)
          else refuseUpgrade(socket, problem)
        } catch (error) {
          socket.destroy()
          throw error
        }
      },
    onError,
  })
}
