import type { SessionCookie } from './cookie.ts'
import type { RequestHead, Transport } from './request-head.ts'

/**
 * What a request carries. `ambiguous`: two enabled credentials, or two cookies of the name, one of
 * which somebody else may have planted. `malformed`: a Bearer header that RFC 6750 §2.1 does not allow.
 */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly transport: Transport }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'malformed' }

/** The one credential of a request, in the enabled transports; the others are not looked at. */
export function readCredential(
  head: RequestHead,
  cookie: SessionCookie,
  transports: readonly Transport[],
): Credential {
  const cookies = transports.includes('cookie') ? cookie.read(head.cookie) : []
  const bearer = transports.includes('bearer') ? readBearer(head.authorization) : undefined
  const [value] = cookies
  if (cookies.length + (bearer === undefined ? 0 : 1) > 1) return { kind: 'ambiguous' }
  if (value !== undefined) return { kind: 'token', token: value, transport: 'cookie' }
  if (bearer === undefined) return { kind: 'none' }
  if (bearer === '') return { kind: 'malformed' }
  return { kind: 'token', token: bearer, transport: 'bearer' }
}

/** The b64token of RFC 6750 §2.1; `''`: a Bearer header without one; `undefined`: no Bearer. */
function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^bearer(?:[ \t,]|$)/i.test(authorization)) return undefined
  return /^bearer +([\w.~+/-]+=*)[ \t]*$/i.exec(authorization)?.[1] ?? ''
}
