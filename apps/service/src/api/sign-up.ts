import { sendProblem } from '../http/problem.ts'
import type { ApiParts, Endpoint } from './endpoint.ts'
import { optional, readInput, text } from './input.ts'
import { userView } from './views.ts'

/**
 * Makes an account. Signs nobody in, so it neither reads nor sets a cookie. A program need not name
 * an origin; who does so is a browser, and there only our own pages make accounts.
 */
export function signUpApi({ service, headOf }: ApiParts): Endpoint {
  const { http } = service.auth
  return async (context) => {
    const head = headOf(context)
    if (head.origin !== undefined || head.secFetchSite !== undefined) {
      const verdict = await http.authenticate({ ...head, cookie: undefined }, { transports })
      if (verdict.status === 'refused') {
        return sendProblem(context, http.refusal(verdict, { transports }))
      }
    }
    const input = await readInput(context, {
      email: text,
      password: text,
      invite: optional(text),
    })
    const user = await service.signUp(input, head)
    return context.json({ user: userView(user) }, 201)
  }
}

const transports = ['cookie'] as const
