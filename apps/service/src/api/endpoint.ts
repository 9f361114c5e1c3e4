import type { RequestHead, Transport } from 'cloakroom'
import type { Context } from 'hono'
import { sendProblem } from '../http/problem.ts'
import { readBody } from '../http/read-body.ts'
import type { HeadOf } from '../http/request-head.ts'
import type { Actor, Service } from '../service.ts'
import { type InputOf, parseInput, type Shape } from './input.ts'

export type Endpoint = (context: Context) => Promise<Response>

/** What every area of the API is made with. */
export interface ApiParts {
  readonly service: Service
  readonly headOf: HeadOf
}

export interface SignedInRequest {
  readonly context: Context
  readonly head: RequestHead
  readonly actor: Actor
  /** What was sent, as `parseInput` reads it. It is all there: nothing is waited for. */
  input<Members extends Shape>(shape: Members): InputOf<Members>
}

export const transports: readonly Transport[] = ['cookie', 'bearer']

/**
 * An endpoint for whoever is signed in, by cookie or by bearer token. The session is verified when
 * the whole request is there: a body that is held back must not outlive the session's end.
 */
export function forSignedIn(
  { service, headOf }: ApiParts,
  answer: (request: SignedInRequest) => Promise<Response>,
): Endpoint {
  return async (context) => {
    const head = headOf(context)
    const body = await readBody(context.req.raw)
    const verdict = await service.auth.http.authenticate(head, { transports })
    if (verdict.status !== 'authenticated') {
      return sendProblem(context, service.auth.http.refusal(verdict, { transports }))
    }
    const input = <Members extends Shape>(shape: Members) => parseInput(context, body, shape)
    return answer({ context, head, actor: verdict, input })
  }
}
