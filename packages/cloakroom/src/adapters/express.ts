import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Cloakroom } from '../cloakroom.ts'
import type { AnyUser } from '../core/user.ts'
import { type Requirement, requestSessions } from '../http/request-sessions.ts'
import type { AdapterOptions, SessionVerbs } from '../http/session-verbs.ts'
import { incomingMessages, sendProblem, whenOver } from './incoming-message.ts'

/** As much of Express's request as is read here. */
export interface ExpressRequest extends IncomingMessage {
  readonly ip?: string | undefined
}

type Next = (error?: unknown) => void

export type Middleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: Next,
) => Promise<void>

/** Middleware answers by itself what is refused (400, 403) and a store that does not answer (503). */
export interface ExpressSessions<User extends AnyUser, Data, Input>
  extends SessionVerbs<[request: ExpressRequest, response: ServerResponse], User, Data, Input> {
  /** Verifies; handlers learn the result by `of`. */
  readonly authenticate: Middleware
  /** 401 unless somebody is signed in. */
  readonly required: Middleware
  /** 401 as well, and 403 unless the credential was checked recently. */
  readonly requiredStepUp: Middleware
  /** Answers the errors of Cloakroom's that handlers throw, and passes on the others. `app.use` it last. */
  readonly onError: (
    error: unknown,
    request: ExpressRequest,
    response: ServerResponse,
    next: Next,
  ) => void
}

/**
 * `address` is by default `request.ip`, which believes proxies exactly as far as the application's
 * own `trust proxy` setting, and by default none.
 *
 * @throws {TypeError} for bad `transports`
 */
export function expressSessions<User extends AnyUser, Data, Input>(
  auth: Cloakroom<User, Data, Input>,
  options: AdapterOptions<ExpressRequest> = {},
): ExpressSessions<User, Data, Input> {
  const { address = ({ ip }) => ip, transports } = options
  const framework = incomingMessages(address)
  const { check, problemOf, ...verbs } = requestSessions(auth, framework, transports)

  const before =
    (requirement: Requirement): Middleware =>
    async (request, response, next) => {
      const problem = await check(request, whenOver(response), requirement)
      if (problem === undefined) next()
      else sendProblem(response, problem)
    }

  return Object.freeze({
    ...verbs,
    authenticate: before('unrefused'),
    required: before('authenticated'),
    requiredStepUp: before('stepped_up'),
    // Express knows an error handler by its four parameters.
    onError(error: unknown, request: ExpressRequest, response: ServerResponse, next: Next) {
      const problem = problemOf(error, request)
      if (problem === undefined || response.headersSent) next(error)
      else sendProblem(response, problem)
    },
  })
}
