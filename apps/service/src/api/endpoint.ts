import type { RequestHead, Transport } from 'cloakroom'
import type { Context } from 'hono'
import { sendProblem } from '../http/problem.ts'
import type { HeadOf } from '../http/request-head.ts'
import type { Actor, Service } from '../service.ts'

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
}

export const transports: readonly Transport[] = ['cookie', 'bearer']

/** An endpoint for whoever is signed in, by cookie or by bearer token. */
export function forSignedIn(
  { service, headOf }: ApiParts,
  answer: (request: SignedInRequest) => Promise<Response>,
): Endpoint {
  return async (context) => {
    const head = headOf(context)
    const verdict = await service.auth.http.authenticate(head, { transports })
    if (verdict.status === 'authenticated') return answer({ context, head, actor: verdict })
    return sendProblem(context, service.auth.http.refusal(verdict, { transports }))
  }
}
