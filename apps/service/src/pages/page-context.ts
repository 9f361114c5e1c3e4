import type { RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import type { Log } from '../log.ts'
import type { Actor, Service } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Rendered } from './rendered.ts'

/** What every page knows of the request that it answers. */
export interface PageEnv {
  readonly Variables: {
    readonly service: Service
    readonly head: RequestHead
    readonly log: Log
    /** `undefined`: nobody is signed in. */
    readonly actor: Actor | undefined
    /** To be carried by every form of a page that somebody signed in sees; empty otherwise. */
    readonly formToken: string
    /** What a POST sent; empty otherwise. */
    readonly form: URLSearchParams
  }
}

export type PageContext = Context<PageEnv>

/**
 * What there is at one address. Every form is sent to the address of the page that shows it, so
 * that whatever comes between (a sign-in, a step-up, a refusal) knows where to come back to.
 */
export interface Page {
  show?(context: PageContext): Rendered
  submit?(context: PageContext): Rendered
}

/** @throws {ServiceError} `not_authenticated`, which becomes a redirect to the sign-in page */
export function actorOf(context: PageContext): Actor {
  const { actor } = context.var
  if (actor === undefined) throw new ServiceError('not_authenticated')
  return actor
}

/** @throws {ServiceError} as `actorOf` does, and `forbidden` */
export function administratorOf(context: PageContext): Actor {
  const actor = actorOf(context)
  if (actor.user.admin) return actor
  const { log, head } = context.var
  log('authz_fail', {
    level: 'WARN',
    action: 'administration',
    userId: actor.user.id,
    ip: head.ip,
  })
  throw new ServiceError('forbidden')
}

/** A part of the address. */
export function parameter(context: PageContext, name: string): string {
  return context.req.param(name) ?? ''
}
