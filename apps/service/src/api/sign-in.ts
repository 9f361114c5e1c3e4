import { sendProblem } from '../http/problem.ts'
import type { ApiParts, Endpoint } from './endpoint.ts'
import { flag, oneOf, readInput, text, withDefault } from './input.ts'
import { sendIssued } from './views.ts'

/** Signs in; with `"transport": "bearer"` no cookie is looked at, and none is set. */
export function signInApi({ service, headOf }: ApiParts): Endpoint {
  return async (context) => {
    const head = headOf(context)
    const { email, password, transport, persistent } = await readInput(context, {
      email: text,
      password: text,
      transport: withDefault('cookie', oneOf('cookie', 'bearer')),
      persistent: withDefault(true, flag),
    })
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
