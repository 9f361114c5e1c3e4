import type { SessionCookie } from './cookie.ts'
import type { RequestHead, Transport } from './request-head.ts'
import type { RefusedReason } from './verdict.ts'

/**
 * What a request carries. `ambiguous_credentials`: two that are enabled, or two cookies of the name,
 * one of which somebody else may have planted.
 */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly transport: Transport }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }

/** The one credential of a request, in the enabled transports; the others are not looked at. */
export function readCredential(
  head: RequestHead,
  cookie: SessionCookie,
  transports: readonly Transport[],
): Credential {
  const cookies = transports.includes('cookie') ? cookie.read(head.cookie) : []
  const bearer = transports.includes('bearer') ? readBearer(head.authorization) : undefined
  const [value] = cookies
  if (cookies.length + (bearer === undefined ? 0 : 1) > 1) {
    return { kind: 'refused', reason: 'ambiguous_credentials' }
  }
  if (value !== undefined) return { kind: 'token', token: value, transport: 'cookie' }
  if (bearer === undefined) return { kind: 'none' }
  if (bearer === '') return { kind: 'refused', reason: 'malformed_authorization' }
  return { kind: 'token', token: bearer, transport: 'bearer' }
}

// Two Authorization headers arrive as one, joined by a comma, so the scheme is looked for behind
// commas too: what follows one is never a Bearer credential, and must not pass for there being none.
const bearerScheme = /(?:^|,)[ \t]*bearer(?:[ \t,]|$)/i
const bearerCredential = /^bearer +([\w.~+/-]+=*)[ \t]*$/i

/** The b64token of RFC 6750 §2.1; `''`: a Bearer header without one; `undefined`: no Bearer. */
function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !bearerScheme.test(authorization)) return undefined
  return bearerCredential.exec(authorization)?.[1] ?? ''
}
