import type { RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import { problemWith, sendProblem } from '../http/problem.ts'
import type { Actor, Service } from '../service.ts'
import { ServiceError } from '../service-error.ts'
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
    if (verdict.status === 'authenticated') {
      const accessToken = await accessTokenFor(service, verdict, context.req.query('audience'))
      return context.body(null, 200, { ...identityOf(verdict), ...accessToken })
    }
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

/** For what the application calls in turn; of which audience, the proxy says in the address. */
async function accessTokenFor(
  { oauth }: Service,
  actor: Actor,
  audience: string | undefined,
): Promise<Record<string, string>> {
  if (audience === undefined) return {}
  if (oauth === undefined || !Object.hasOwn(oauth.audiences, audience)) {
    throw new ServiceError('invalid_input')
  }
  const scope = oauth.audiences[audience]?.join(' ')
  const { token } = await oauth.issuer.mint(actor, { audience, scope })
  return { 'x-auth-access-token': token }
}
