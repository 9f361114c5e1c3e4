import { CloakroomError, type RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import type { Endpoint } from '../api/endpoint.ts'
import { ProblemError } from '../http/problem.ts'
import { readBody } from '../http/read-body.ts'
import type { HeadOf } from '../http/request-head.ts'
import type { Log } from '../log.ts'
import type { Service } from '../service.ts'
import type { OAuth } from './oauth.ts'
import { OAuthError } from './oauth-error.ts'
import { type Form, readForm } from './read-form.ts'

export interface OAuthParts {
  readonly service: Service
  readonly oauth: OAuth
  readonly headOf: HeadOf
  readonly log: Log
}

export interface OAuthRequest {
  readonly head: RequestHead
  readonly form: Form
}

/** What is sent back: a JSON object, or nothing with 200. */
export type OAuthAnswer = Readonly<Record<string, unknown>> | undefined

/** An endpoint that takes a form and answers as RFC 6749 §5 wants it. */
export function oauthEndpoint(
  { headOf }: Pick<OAuthParts, 'headOf'>,
  answer: (request: OAuthRequest) => Promise<OAuthAnswer>,
): Endpoint {
  return async (context) => {
    // Not left to the middleware alone: these two are the protocol's.
    context.header('cache-control', 'no-store')
    context.header('pragma', 'no-cache')
    try {
      const form = readForm(context.req.raw, await readBody(context.req.raw))
      if (form.has('client_secret')) {
        throw new OAuthError('invalid_request', 'A client sends its secret by HTTP Basic only.')
      }
      const answered = await answer({ head: headOf(context), form })
      return answered === undefined ? context.body(null, 200) : context.json(answered)
    } catch (error) {
      return sendError(context, error)
    }
  }
}

/** Answers an error. @throws whatever is not OAuth's to say, such as that the database does not answer */
export function sendError(context: Context, error: unknown): Response {
  const { status, headers, body } = toOAuthError(error)
  const type = { 'content-type': 'application/json' }
  return context.body(body, status as 400, { ...type, ...headers })
}

function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof ProblemError && error.problem.status === 400) {
    return new OAuthError('invalid_request', 'The body is not UTF-8.')
  }
  // The session ended between the look at it and the token.
  if (error instanceof CloakroomError && error.code === 'not_authenticated') {
    return new OAuthError('invalid_grant', 'There is no live session behind this.')
  }
  throw error
}
