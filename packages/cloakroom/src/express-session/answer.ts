import { CloakroomError } from '../errors.ts'
import { problemOf } from '../http/problem.ts'

export type Callback<Result = void> = (error: unknown, result?: Result) => void

/** Answers a framework, which knows no promises. An error that nobody waits for goes to `onError`. */
export function answer<Result>(
  work: Promise<Result>,
  callback: Callback<Result> | undefined,
  onError: (error: unknown) => void,
): void {
  const failed = callback ?? onError
  // In a turn of its own, so that what a callback throws is not taken for a rejection.
  work.then(
    (result) => callback && process.nextTick(callback, null, result),
    (error) => process.nextTick(failed, withStatus(error)),
  )
}

/** Express and Fastify answer with an error's `status`. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof CloakroomError)) return error
  return Object.assign(error, { status: problemOf(error).status })
}
