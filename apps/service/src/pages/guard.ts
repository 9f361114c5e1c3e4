import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { HeadOf } from '../http/request-head.ts'
import type { Service } from '../service.ts'
import { errorPage } from './error-page.ts'
import { formTokenFor, isFormToken } from './form-token.ts'
import type { PageContext, PageEnv } from './page-context.ts'

/**
 * What comes before every page: it is opened as a page and not as part of one (ASVS 3.2.1), the
 * session is verified, and a form comes from our own page in this very session (ASVS 3.5.1).
 */
export function guard(service: Service, headOf: HeadOf): MiddlewareHandler<PageEnv> {
  return async (context, next) => {
    const head = headOf(context)
    context.set('service', service)
    context.set('head', head)
    context.set('form', new URLSearchParams())
    context.set('formToken', '')
    if (isSubresource(context)) return errorPage(context, 403, 'wrong_context')
    const verdict = await service.auth.http.authenticate(head, { transports: ['cookie'] })
    if (verdict.status === 'refused') {
      const status = verdict.reason === 'cross_site' ? 403 : 400
      return errorPage(context, status, verdict.reason)
    }
    if (verdict.status === 'authenticated') {
      context.set('actor', verdict)
      const token = getCookie(context, service.auth.http.cookieName) ?? ''
      context.set('formToken', formTokenFor(token))
    }
    return (await refuseForm(context)) ?? next()
  }
}

// Absent where the browser is old: then there is only `frame-ancestors` to rely on.
function isSubresource({ req }: PageContext): boolean {
  const destination = req.header('sec-fetch-dest')
  return destination !== undefined && destination !== 'document' && destination !== 'empty'
}

/** Reads what was posted; answers it if it is no form of this session's pages. */
async function refuseForm(context: PageContext): Promise<Response | undefined> {
  if (context.req.method !== 'POST') return undefined
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return errorPage(context, 415, 'not_a_form')
  const form = new URLSearchParams(await context.req.text())
  context.set('form', form)
  const { actor, formToken } = context.var
  // Before there is a session there is nothing to bind a form to: whoever signs in or up on behalf
  // of somebody else is stopped by the origin check alone.
  const isUnbound = actor === undefined || startsSession.has(context.req.path)
  if (isUnbound || isFormToken(form.get('form_token'), formToken)) return undefined
  return errorPage(context, 403, 'stale_form')
}

const startsSession: ReadonlySet<string> = new Set(['/sign-in', '/sign-up'])
