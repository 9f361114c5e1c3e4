import { CloakroomError, problemOf } from 'cloakroom'
import { Hono, type MiddlewareHandler } from 'hono'
import { administrationApi } from './api/administration.ts'
import { passwordApi, setupApi, stepUpApi } from './api/credentials.ts'
import type { ApiParts, Endpoint } from './api/endpoint.ts'
import { type Health, healthz, readyz } from './api/health.ts'
import { sessionsApi } from './api/sessions.ts'
import { signInApi } from './api/sign-in.ts'
import { signUpApi } from './api/sign-up.ts'
import { verifyApi } from './api/verify.ts'
import { answerError, logFailure } from './http/answer-error.ts'
import { httpProblem, sendProblem } from './http/problem.ts'
import type { HeadOf } from './http/request-head.ts'
import { type Headers, withHeaders } from './http/security-headers.ts'
import type { Log } from './log.ts'
import { oauthRoutes } from './oauth/routes.ts'
import { pageRoutes } from './pages/index.ts'
import type { Service } from './service.ts'
import { ServiceError } from './service-error.ts'

export interface ServerParts {
  readonly service: Service
  readonly headOf: HeadOf
  readonly headers: Headers
  readonly health: Health
  readonly log: Log
}

type Method = 'GET' | 'POST' | 'DELETE'
type RouteTable = Readonly<Record<string, Readonly<Partial<Record<Method, Endpoint>>>>>

/** The JSON API: every path, and what may be done there. */
function apiRoutes(parts: ApiParts, health: Health, log: Log): RouteTable {
  const { oauth } = parts.service
  const sessions = sessionsApi(parts)
  const administration = administrationApi(parts)
  return {
    '/healthz': { GET: healthz },
    '/readyz': { GET: readyz(health) },
    '/verify': { GET: verifyApi(parts) },

    '/api/sign-up': { POST: signUpApi(parts) },
    '/api/sign-in': { POST: signInApi(parts) },
    '/api/step-up': { POST: stepUpApi(parts) },
    '/api/password': { POST: passwordApi(parts) },
    '/api/setup': { POST: setupApi(parts) },

    '/api/session': { GET: sessions.current, DELETE: sessions.signOut },
    '/api/sessions': { GET: sessions.list, DELETE: sessions.endOthers },
    '/api/sessions/:id': { DELETE: sessions.end },

    '/api/admin/users': { GET: administration.users },
    '/api/admin/users/:id': { GET: administration.user },
    '/api/admin/users/:id/block': { POST: administration.block },
    '/api/admin/users/:id/unblock': { POST: administration.unblock },
    '/api/admin/users/:id/sessions': { DELETE: administration.endSessions },
    '/api/admin/users/:id/sessions/:session': { DELETE: administration.endSession },
    '/api/admin/sessions': { DELETE: administration.endEverybodysSessions },
    '/api/admin/invites': { POST: administration.invite },
    '/api/admin/audit': { GET: administration.audit },

    ...(oauth && oauthRoutes({ ...parts, oauth, log })),
  }
}

/** The JSON API, and the pages at every other address. */
export function createApp({ service, headOf, headers, health, log }: ServerParts): Hono {
  const app = new Hono()
  app.use(withHeaders(headers))
  for (const [path, methods] of Object.entries(apiRoutes({ service, headOf }, health, log))) {
    for (const [method, endpoint] of Object.entries(methods)) app.on(method, path, endpoint)
    const allow = Object.keys(methods).map(withHead).join(', ')
    app.all(path, (context) =>
      sendProblem(context, httpProblem(405, 'method_not_allowed', { allow })),
    )
  }
  app.all('/api/*', (context) => sendProblem(context, httpProblem(404, 'not_found')))
  app.use(logPageFailures(log))
  app.route('/', pageRoutes(service, headOf, log))
  app.onError(answerError(service, log))
  return app
}

function withHead(method: string): string {
  return method === 'GET' ? 'GET, HEAD' : method
}

/** Pages answer their own failures with a page; what broke is still to be told. */
function logPageFailures(log: Log): MiddlewareHandler {
  return async (context, next) => {
    await next()
    const { error } = context
    if (error !== undefined && !isRefusal(error)) logFailure(error, log)
  }
}

function isRefusal(error: Error): boolean {
  if (error instanceof CloakroomError) return problemOf(error).status < 500
  return error instanceof ServiceError
}
