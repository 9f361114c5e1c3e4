import { STATUS_CODES } from 'node:http'
import type { Problem } from 'cloakroom'
import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'

/** Codes of what is refused before the service is asked. Stable, like those of `refusals`. */
export type HttpProblemCode =
  | 'bad_request'
  | 'internal_error'
  | 'method_not_allowed'
  | 'not_found'
  | 'not_ready'
  | 'payload_too_large'
  | 'unsupported_media_type'

/** An RFC 9457 problem; `extra` are further members of it. */
export function problemWith(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
  extra: Readonly<Record<string, string>> = {},
): Problem {
  const title = STATUS_CODES[status] ?? 'Error'
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, code, ...extra }),
  }
}

export function httpProblem(
  status: number,
  code: HttpProblemCode,
  headers?: Readonly<Record<string, string>>,
): Problem {
  return problemWith(status, code, headers)
}

/** Thrown where a request is refused before the service is asked. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.status}`)
    this.problem = problem
  }
}

export function sendProblem(context: Context, { status, headers, body }: Problem): Response {
  return context.body(body, status as StatusCode as 400, { ...headers })
}
