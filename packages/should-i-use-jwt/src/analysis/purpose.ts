// What a token is for, by where it comes from and where it goes.
import { findUses, type Uses } from '../flow/find-uses.ts'
import type { Origin } from '../flow/origin.ts'
import type { Tracer } from '../flow/tracer.ts'
import { enclosingFunction, functionName } from '../scan/syntax.ts'
import { findOption } from './settings.ts'
import type { Strategy } from './strategies.ts'
import type { TokenCall } from './token-calls.ts'

export type Purpose =
  /** Shown with requests, to say who sends them. */
  | 'authentication'
  | 'refresh'
  /** In a link that is mailed, or in another address that is opened once. */
  | 'link'
  /** An OpenID token, looked at once. */
  | 'identity'
  /** Made for somebody else's service, or received from it. */
  | 'foreign'
  | 'unknown'

const tokenHeaders =
  /^(?:x-)?(?:access|auth|jwt|id|api|user|session|bearer)?[-_]?(?:token|jwt|auth|authorization)$/
const refresh = /refresh/i
const links = /reset|verif|confirm|invit|magic|unsubscri|activat|download|share|forgot/i

/** What a token that is verified or decoded is for. */
export function purposeOfRead({ token, call, library }: TokenCall): Purpose {
  const found = new Set(token.map(purposeOfOrigin))
  for (const each of ['authentication', 'refresh', 'identity', 'foreign'] as const) {
    if (found.has(each)) return each
  }
  if (!found.has('link')) return 'unknown'
  const fn = enclosingFunction(call)
  const name = fn ? functionName(fn) : ''
  if (refresh.test(name)) return 'refresh'
  return library.name === 'jwt-decode' ? 'unknown' : 'link'
}

function purposeOfOrigin(origin: Origin): Purpose {
  if (origin.kind === 'call') {
    if (origin.role !== 'outgoing') return 'unknown'
    return origin.path.some((each) => /id_?token/i.test(each)) ? 'identity' : 'foreign'
  }
  if (origin.kind !== 'request') return 'unknown'
  const { place, name } = origin
  if (/id_?token|credential/i.test(name)) return 'identity'
  if (refresh.test(name)) return 'refresh'
  switch (place) {
    case 'authorization':
    case 'handshake':
    case 'handshake-query':
    case 'cookie':
      return 'authentication'
    case 'header':
      if (tokenHeaders.test(name)) return 'authentication'
      return /signature|webhook|verification|assertion|hook/.test(name) ? 'foreign' : 'unknown'
    case 'query':
    case 'path':
    case 'body':
      return 'link'
    default:
      return 'unknown'
  }
}

/** What a strategy of Passport lets in with: refresh tokens, if its name or its key says so. */
export function purposeOfStrategy({ name, token }: Pick<Strategy, 'name' | 'token'>): Purpose {
  const names = [name, ...environmentNames(token)]
  return names.some((each) => refresh.test(each)) || purposeOfRead(token) === 'refresh'
    ? 'refresh'
    : 'authentication'
}

function environmentNames({ keys }: TokenCall): string[] {
  return keys.flatMap((each) => (each.kind === 'environment' ? [each.name] : []))
}

/** What a token that is signed is for; `isSignIn` tells whether a function checks a password. */
export function purposeOfSignature(
  tracer: Tracer,
  signature: TokenCall,
): { purpose: Purpose; uses: Uses } {
  const uses = findUses(tracer.evaluator, signature.call, signature.frame)
  return { purpose: purposeOfUses(tracer, signature, uses), uses }
}

function purposeOfUses(tracer: Tracer, signature: TokenCall, { sinks, names }: Uses): Purpose {
  if (sinks.has('mail')) return 'link'
  const kind = claimedKind(tracer, signature)
  const label = [...names, ...functionNames(signature)].find((each) => /refresh|access/i.test(each))
  if (refresh.test(kind) || environmentNames(signature).some((each) => refresh.test(each)))
    return 'refresh'
  if (links.test(kind)) return 'link'
  const reachesClient = sinks.has('response') || sinks.has('cookie') || sinks.has('redirect')
  if (sinks.has('outgoing') && !reachesClient) return 'foreign'
  if (sinks.has('link') && !sinks.has('redirect') && !sinks.has('cookie')) return 'link'
  if (label !== undefined && refresh.test(label)) return 'refresh'
  return reachesClient ? 'authentication' : 'unknown'
}

function functionNames({ call, frame }: TokenCall): string[] {
  const fn = frame?.fn ?? enclosingFunction(call)
  return fn ? [functionName(fn)] : []
}

// `{ type: 'refresh' }`: what the token says of itself.
function claimedKind(tracer: Tracer, { subject, frame }: TokenCall): string {
  for (const name of ['type', 'typ', 'purpose', 'use', 'token_use', 'kind', 'scope']) {
    const claim = subject && findOption(tracer.evaluator, subject, name)
    const [only, ...others] = claim?.state === 'set' ? tracer.trace(claim.node, frame) : []
    if (only?.kind === 'text' && others.length === 0) return only.text
  }
  return ''
}
