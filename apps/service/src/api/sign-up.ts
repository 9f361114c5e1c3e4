import type { ApiParts, Endpoint } from './endpoint.ts'
import { optional, readInput, text } from './input.ts'
import { userView } from './views.ts'

/** Makes an account. Signs nobody in, so it neither reads nor sets a cookie. */
export function signUpApi({ service, headOf }: ApiParts): Endpoint {
  return async (context) => {
    const input = await readInput(context, {
      email: text,
      password: text,
      invite: optional(text),
    })
    const user = await service.signUp(input, headOf(context))
    return context.json({ user: userView(user) }, 201)
  }
}
