import { ServiceError } from '../service-error.ts'
import { type ApiParts, type Endpoint, forSignedIn, transports } from './endpoint.ts'
import { flag, text, withDefault } from './input.ts'
import { sendIssued } from './views.ts'

/** Checks the password again. The session gets a new token, in the transport that the old one came by. */
export function stepUpApi(parts: ApiParts): Endpoint {
  return forSignedIn(parts, async ({ context, head, actor, input }) => {
    const { password } = input({ password: text })
    return sendIssued(context, await parts.service.stepUp(actor, password, head))
  })
}

/** Changes the password, ends the other sessions unless told to keep them, and rotates this one. */
export function passwordApi(parts: ApiParts): Endpoint {
  return forSignedIn(parts, async ({ context, head, actor, input }) => {
    const {
      current,
      new: next,
      keepOthers,
    } = input({ current: text, new: text, keepOthers: withDefault(false, flag) })
    const change = { current, next, keepOthers }
    return sendIssued(context, await parts.service.changePassword(actor, change, head))
  })
}

/** Makes the user administrator. More rights, so a new token (ASVS 7.2.4). */
export function setupApi(parts: ApiParts): Endpoint {
  const { service } = parts
  return forSignedIn(parts, async ({ context, head, actor, input }) => {
    const { code } = input({ code: text })
    await service.setUp(actor, code, head)
    const rotated = await service.auth.http.rotate(head, { transports })
    if (rotated?.user === undefined) throw new ServiceError('not_authenticated')
    return sendIssued(context, { ...rotated, user: rotated.user })
  })
}
