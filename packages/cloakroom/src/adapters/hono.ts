import type { Context, MiddlewareHandler } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import type { Cloakroom } from '../cloakroom.ts'
import type { Lifetime } from '../core/signals/signals.ts'
import type { AnyUser } from '../core/user.ts'
import type { Problem } from '../http/problem.ts'
import type { RequestHead } from '../http/request-head.ts'
import { type Framework, type Requirement, requestSessions } from '../http/request-sessions.ts'
import type { AdapterOptions, SessionVerbs } from '../http/session-verbs.ts'

/**
 * Middleware answers by itself what is refused (400, 403) and a store that does not answer (503).
 *
 * Answer with `context.json`, `context.redirect` and the like after a verb that sets a cookie. A
 * `new Response` keeps the headers of the context only in routes that have middleware.
 */
export interface HonoSessions<User extends AnyUser, Data, Input>
  extends SessionVerbs<[context: Context], User, Data, Input> {
  /** Verifies; handlers learn the result by `of`. */
  readonly authenticate: MiddlewareHandler
  /** 401 unless somebody is signed in. */
  readonly required: MiddlewareHandler
  /** 401 as well, and 403 unless the credential was checked recently. */
  readonly requiredStepUp: MiddlewareHandler
  /**
   * Answers the errors of Cloakroom's that handlers throw: `app.onError(sessions.onError)`. Others as
   * Hono does by itself: an `HTTPException` with its own response, the rest logged, with a 500.
   */
  readonly onError: (error: Error, context: Context) => Response
}

/**
 * `address` is by default the socket's where `@hono/node-server` listens, and unknown elsewhere.
 *
 * @throws {TypeError} for bad `transports`
 */
export function honoSessions<User extends AnyUser, Data, Input>(
  auth: Cloakroom<User, Data, Input>,
  options: AdapterOptions<Context> = {},
): HonoSessions<User, Data, Input> {
  const { address = socketAddress, transports } = options
  const { check, problemOf, ...verbs } = requestSessions(auth, contexts(address), transports)

  const before =
    (requirement: Requirement): MiddlewareHandler =>
    async (context, next) => {
      const problem = await check(context, whenOver(context), requirement)
      if (problem !== undefined) return respond(context, problem)
      await next()
      return undefined
    }

  return Object.freeze<HonoSessions<User, Data, Input>>({
    authenticate: before('unrefused'),
    required: before('authenticated'),
    requiredStepUp: before('stepped_up'),
    onError(error, context) {
      const problem = problemOf(error, context)
      if (problem !== undefined) return respond(context, problem)
      if ('getResponse' in error) {
        const own = (error.getResponse as () => Response)()
        return context.newResponse(own.body, own)
      }
      // What Hono does by itself: thrown on, it would be answered in silence.
      console.error(error)
      return context.text('Internal Server Error', 500)
    },
    tokenParameters: verbs.tokenParameters,
    of: verbs.of,
    authenticated: verbs.authenticated,
    signIn: (context, ...rest) => verbs.signIn(context, context, ...rest),
    createAnonymous: (context, ...rest) => verbs.createAnonymous(context, context, ...rest),
    rotate: (context) => verbs.rotate(context, context),
    stepUp: (context, ...rest) => verbs.stepUp(context, context, ...rest),
    impersonate: (context, ...rest) => verbs.impersonate(context, context, ...rest),
    signOut: (context) => verbs.signOut(context, context),
  })
}

function contexts(
  address: NonNullable<AdapterOptions<Context>['address']>,
): Framework<Context, Context> {
  return {
    headOf: (context) => new HonoHead(context, address),
    deliver(context, setCookie) {
      // From now on there is a response, whose headers Hono keeps even if a handler behind
      // middleware returns a `Response` that it made itself.
      void context.res
      if (setCookie !== undefined) context.header('set-cookie', setCookie, { append: true })
      context.header('cache-control', 'no-store')
    },
    whenOver: (context, callback) => whenOver(context)(callback),
  }
}

/**
 * Read as it is asked for: most requests need only the first few. A class, because getters in a literal
 * would give each request a shape of its own.
 */
class HonoHead implements RequestHead {
  readonly #context: Context
  readonly #address: (context: Context) => string | undefined

  constructor(context: Context, address: (context: Context) => string | undefined) {
    this.#context = context
    this.#address = address
  }

  get method() {
    return this.#context.req.method
  }

  get cookie() {
    return this.#context.req.header('cookie')
  }

  get authorization() {
    return this.#context.req.header('authorization')
  }

  get origin() {
    return this.#context.req.header('origin')
  }

  get upgrade() {
    return this.#context.req.header('upgrade')
  }

  get secFetchSite() {
    return this.#context.req.header('sec-fetch-site')
  }

  get userAgent() {
    return this.#context.req.header('user-agent')
  }

  get ip() {
    return this.#address(this.#context)
  }
}

/** A `Request` tells only of a client that leaves early; Node's own response of every end. */
function whenOver({ env, req }: Context): Lifetime {
  const { outgoing } = (env ?? {}) as { outgoing?: { once(event: 'close', end: () => void): void } }
  return (callback) =>
    outgoing === undefined
      ? req.raw.signal.addEventListener('abort', callback, { once: true })
      : outgoing.once('close', callback)
}

function respond(context: Context, { status, headers, body }: Problem): Response {
  for (const [name, value] of Object.entries(headers)) context.header(name, value)
  return context.newResponse(body, status as StatusCode)
}

function socketAddress({ env }: Context): string | undefined {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } }
  return incoming?.socket?.remoteAddress
}
