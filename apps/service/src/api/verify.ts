import type { RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import { problemWith, sendProblem } from '../http/problem.ts'
import type { Actor } from '../service.ts'
import { type ApiParts, type Endpoint, transports } from './endpoint.ts'

/**
 * Forward authentication: a proxy asks for every request whether it may pass, and whose it is. The
 * answer tells only of the credential that was presented, so anybody may ask; what of it can be
 * believed is for the proxy to see to, by overwriting what its clients write (docs/forward-auth.md).
 * Sets no cookie and begins no session.
 */
export function verifyApi({ service, headOf }: ApiParts): Endpoint {
  const { http } = service.auth
  return async (context) => {
    const head = { ...headOf(context), ...askedAbout(context) }
    const verdict = await http.authenticate(head, { transports })
    if (verdict.status === 'authenticated') return context.body(null, 200, identityOf(verdict))
    // Not 400: nginx makes 500 out of everything but 401 and 403.
    if (verdict.status === 'refused') return sendProblem(context, problemWith(403, verdict.reason))
    return sendProblem(context, http.refusal(verdict, { transports }))
  }
}

/**
 * What the client of the proxy wants. Where the proxy does not say the method, it is none of the safe
 * ones: a recipe that forgets it then fails at once, where that is noticed.
 */
function askedAbout({ req }: Context): Pick<RequestHead, 'method' | 'upgrade'> {
  return { method: req.header('x-forwarded-method') ?? '', upgrade: req.header('upgrade') }
}

/** Always all of them: a proxy may leave in place what a client wrote into one that is absent. */
function identityOf({ user, session }: Actor): Record<string, string> {
  return {
    'x-auth-user-id': encodeURIComponent(user.id),
    'x-auth-session-id': encodeURIComponent(session.id),
    'x-auth-email': user.emailVerified ? encodeURIComponent(user.email) : '',
  }
}
