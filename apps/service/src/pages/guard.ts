import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { HeadOf } from '../http/request-head.ts'
import type { Log } from '../log.ts'
import type { Service } from '../service.ts'
import { errorPage } from './error-page.ts'
import { formTokenFor, isFormToken } from './form-token.ts'
import type { PageContext, PageEnv } from './page-context.ts'
import type { Rendered } from './rendered.ts'

/**
 * What comes before every page: it is opened as a page and not as part of one (ASVS 3.2.1), the
 * session is verified, and a form comes from our own page in this very session (ASVS 3.5.1).
 */
export function guard(service: Service, headOf: HeadOf, log: Log): MiddlewareHandler<PageEnv> {
  return async (context, next) => {
    const head = headOf(context)
    context.set('service', service)
    context.set('head', head)
    context.set('log', log)
    context.set('form', new URLSearchParams())
    context.set('formToken', '')
    if (isSubresource(context)) return errorPage(context, 403, 'wrong_context')
    // First: a body that is held back must not outlive the session's end.
    const body = await context.req.text()
    const verdict = await service.auth.http.authenticate(head, { transports: ['cookie'] })
    if (verdict.status === 'refused') {
      const status = verdict.reason === 'cross_site' ? 403 : 400
      return errorPage(context, status, verdict.reason)
    }
    if (verdict.status === 'authenticated') {
      const token = getCookie(context, service.auth.http.cookieName)
      // Who is signed in has a cookie. A key that everybody knows would protect nothing.
      if (!token) throw new Error('The session cookie was read in two ways.')
      context.set('actor', verdict)
      context.set('formToken', formTokenFor(token))
    }
    return refuseForm(context, body) ?? next()
  }
}

// Absent where the browser is old: then there is only `frame-ancestors` to rely on.
function isSubresource({ req }: PageContext): boolean {
  const destination = req.header('sec-fetch-dest')
  return destination !== undefined && destination !== 'document' && destination !== 'empty'
}

/** Takes in what was posted; answers it if it is no form of this session's pages. */
function refuseForm(context: PageContext, body: string): Rendered | undefined {
  if (context.req.method !== 'POST') return undefined
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return errorPage(context, 415, 'not_a_form')
  const form = new URLSearchParams(body)
  context.set('form', form)
  const { actor, formToken, head, log } = context.var
  // Before there is a session there is nothing to bind a form to: whoever signs in or up on behalf
  // of somebody else is stopped by the origin check alone.
  const isUnbound = actor === undefined || startsSession.has(context.req.path)
  if (isUnbound || isFormToken(form.get('form_token'), formToken)) return undefined
  log('malicious_csrf', {
    level: 'WARN',
    reason: 'stale_form',
    userId: actor.user.id,
    ip: head.ip,
    origin: head.origin,
  })
  return errorPage(context, 403, 'stale_form')
}

const startsSession: ReadonlySet<string> = new Set(['/sign-in', '/sign-up'])
