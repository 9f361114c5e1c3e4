import { randomUUID } from 'node:crypto'
import { CloakroomError, type Problem, problemOf } from 'cloakroom'
import type { Context } from 'hono'
import type { Log } from '../log.ts'
import type { Service } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import { ProblemError, problemWith, sendProblem } from './problem.ts'

/** The last resort (ASVS 16.5.4): whatever was thrown becomes a problem, and the process lives on. */
export function answerError(service: Service, log: Log) {
  return (error: Error, context: Context): Response =>
    sendProblem(context, problemFor(error, service, log))
}

function problemFor(error: Error, service: Service, log: Log): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof ServiceError) return refusalProblem(error, service)
  if (error instanceof CloakroomError) {
    const problem = problemOf(error)
    if (problem.status >= 500) logFailure(error, log)
    return problem
  }
  const errorId = logFailure(error, log)
  return problemWith(500, 'internal_error', {}, { instance: `urn:uuid:${errorId}` })
}

function refusalProblem({ code, status, retryAfterSeconds }: ServiceError, service: Service) {
  return problemWith(status, code, {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(status === 401 ? challengeOf(service) : {}),
  })
}

/** RFC 9110 §15.5.2 wants a challenge with every 401. */
function challengeOf({ auth }: Service): Record<string, string> {
  const { headers } = auth.http.refusal({ status: 'anonymous', reason: 'missing' })
  const challenge = headers['www-authenticate']
  return challenge === undefined ? {} : { 'www-authenticate': challenge }
}

/** Logs a failure under an id that may be told to the client, who can quote it. */
export function logFailure(error: unknown, log: Log): string {
  const errorId = randomUUID()
  log('sys_crash', { level: 'ERROR', reason: 'request', errorId, error })
  return errorId
}
