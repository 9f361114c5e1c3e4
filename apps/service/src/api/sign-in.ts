import type { RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import { ProblemError, problemWith, sendProblem } from '../http/problem.ts'
import type { Client } from '../oauth/clients.ts'
import { OAuthError } from '../oauth/oauth-error.ts'
import type { Credentials, Service } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { ApiParts, Endpoint } from './endpoint.ts'
import { flag, oneOf, optional, readInput, text } from './input.ts'
import { sendIssued, sessionView, userView } from './views.ts'

/**
 * Signs in; with `"transport": "bearer"` no cookie is looked at, and none is set. With a `client_id`
 * the session is that OAuth client's, and its token a refresh token.
 */
export function signInApi({ service, headOf }: ApiParts): Endpoint {
  return async (context) => {
    const head = headOf(context)
    const input = await readInput(context, {
      email: text,
      password: text,
      transport: optional(oneOf('cookie', 'bearer')),
      persistent: optional(flag),
      client_id: optional(text),
    })
    const { email, password, transport = 'cookie', persistent = true, client_id } = input
    if (client_id !== undefined) {
      const isOrdinary = input.transport !== undefined || input.persistent !== undefined
      if (isOrdinary) throw new ServiceError('invalid_input')
      return signInClient(service, context, head, { email, password, client_id })
    }
    // Before the password is looked at: another site's page learns nothing and costs nothing.
    const transports = [transport]
    const verdict = await service.auth.http.authenticate(head, { transports })
    if (verdict.status === 'refused') {
      return sendProblem(context, service.auth.http.refusal(verdict, { transports }))
    }
    return sendIssued(
      context,
      await service.signIn({ email, password }, { head, transport, persistent }),
    )
  }
}

async function signInClient(
  service: Service,
  context: Context,
  head: RequestHead,
  { client_id, ...credentials }: Credentials & { readonly client_id: string },
): Promise<Response> {
  const client = await authenticateClient(service, head, client_id)
  const { token, session, user } = await service.signInClient(credentials, { head, client })
  return context.json({
    refresh_token: token,
    session: sessionView(session, session.id),
    user: userView(user),
  })
}

async function authenticateClient(
  { oauth }: Service,
  head: RequestHead,
  clientId: string,
): Promise<Client> {
  if (oauth === undefined) throw new ServiceError('invalid_input')
  try {
    return await oauth.authenticateClient(head, clientId)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const { status, code, headers } = error
    throw new ProblemError(problemWith(status, code, headers))
  }
}
