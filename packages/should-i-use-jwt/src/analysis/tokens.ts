// All tokens of the project, each with what it is for.
import type { Uses } from '../flow/find-uses.ts'
import type { Origin } from '../flow/origin.ts'
import type { Tracer } from '../flow/tracer.ts'
import { roleOf } from '../libraries/roles.ts'
import { calleeOf, enclosingFunction, programOf, propertyName } from '../scan/syntax.ts'
import { withoutDatabaseSessions } from './authjs.ts'
import type { CallGraph } from './call-graph.ts'
import { isMiddleware } from './middleware.ts'
import { type Purpose, purposeOfRead, purposeOfSignature, purposeOfStrategy } from './purpose.ts'
import { findOption } from './settings.ts'
import type { Strategy } from './strategies.ts'
import { findTokenCalls, type TokenCall } from './token-calls.ts'

export interface Token extends TokenCall {
  readonly purpose: Purpose
  /** Of a signature: what becomes of the token. */
  readonly uses?: Uses
}

export interface Tokens {
  readonly verifications: readonly Token[]
  readonly decodings: readonly Token[]
  readonly signatures: readonly Token[]
}

export function findTokens(
  tracer: Tracer,
  graph: CallGraph,
  strategies: readonly Strategy[],
): Tokens {
  const found = withoutDatabaseSessions(tracer.evaluator, findTokenCalls(tracer))
  const calls = found.filter(({ model }) => model.readsBy?.[0] !== 'jwtFromRequest')
  const read = [
    ...calls
      .filter(({ role }) => role !== 'sign')
      .map((each) => (each.role === 'guard' ? withPlaces(tracer, each) : each))
      .map((each): Token => ({ ...each, purpose: purposeOfGuard(tracer, each) })),
    ...strategies.map((each): Token => {
      return { ...withPlaces(tracer, each.token), purpose: purposeOfStrategy(each) }
    }),
  ]
  rememberIdentities(tracer, read)
  const settled = settleByKey(read, read)
  const signatures = calls
    .filter(({ role }) => role === 'sign')
    .map((each): Token => ({ ...each, ...purposeOfSignature(tracer, each) }))
  return {
    verifications: settled.filter(({ role }) => role !== 'decode'),
    decodings: settled.filter(({ role }) => role === 'decode'),
    signatures: settleSignatures(tracer, graph, signatures, settled),
  }
}

// `koaJwt({ secret, key: 'claims' })`
function rememberIdentities(tracer: Tracer, tokens: readonly Token[]): void {
  const before = tracer.identityNames.size
  for (const { model, options } of tokens) {
    for (const name of model.identityBy ?? []) {
      for (const object of options) {
        const setting = findOption(tracer.evaluator, object, name)
        const value = setting.state === 'set' ? tracer.evaluator.evaluate(setting.node) : undefined
        if (value?.kind === 'text') tracer.identityNames.add(value.text)
      }
    }
  }
  if (tracer.identityNames.size > before) tracer.forget()
}

function purposeOfGuard({ evaluator }: Tracer, call: TokenCall): Purpose {
  if (call.model.longestLife !== undefined) return 'authentication'
  const purpose = purposeOfRead(call)
  const isUnclear = purpose === 'unknown' || purpose === 'link'
  // Wherever the token is: what lets requests through because of it authenticates them.
  if (isUnclear && call.role === 'verify' && call.fn && isMiddleware(evaluator, call.fn)) {
    return 'authentication'
  }
  return call.role === 'guard' && purpose !== 'refresh' ? 'authentication' : purpose
}

// The options of a guard say where it looks, or it looks where it always does.
function withPlaces(tracer: Tracer, call: TokenCall): TokenCall {
  if (call.token.length > 0) return call
  const found: Origin[] = []
  for (const object of call.options) {
    for (const name of call.model.readsBy ?? []) {
      const setting = findOption(tracer.evaluator, object, name)
      if (setting.state !== 'set') continue
      const value = tracer.evaluator.evaluate(setting.node)
      if (value?.kind === 'function') found.push(...tracer.trace(setting.node))
      else if (/cookie/.test(name)) {
        const text = value?.kind === 'text' ? value.text : ''
        found.push({ kind: 'request', place: 'cookie', name: text, node: setting.node })
      }
    }
  }
  const usual = (call.model.reads ?? []).map(
    (place): Origin => ({ kind: 'request', place, name: '', node: call.call }),
  )
  return { ...call, token: [...found, ...usual] }
}

/** What tells one key from another: the variable, the text, the file it is read from. */
export function keyNames({ keys }: TokenCall): string[] {
  return keys.flatMap((each) => {
    if (each.kind === 'environment') {
      return /^[*?]$/.test(each.name) ? [] : [`environment ${each.name}`]
    }
    if (each.kind === 'text') return [`text ${each.text}`]
    return each.kind === 'unknown' ? [`value ${programOf(each.node).end} ${each.node.start}`] : []
  })
}

// A token of which nothing is known is of the kind that has the same key.
function settleByKey(tokens: readonly Token[], known: readonly Token[]): Token[] {
  return tokens.map((each) => {
    if (each.purpose !== 'unknown') return each
    const names = keyNames(each)
    const same = known.find(
      (other) =>
        (other.purpose === 'authentication' || other.purpose === 'refresh') &&
        keyNames(other).some((name) => names.includes(name)),
    )
    return same ? { ...each, purpose: same.purpose } : each
  })
}

// What is sent to the client may be for somebody else's service. It is for authentication here if
// it is verified here, or made where a password is checked.
function settleSignatures(
  tracer: Tracer,
  graph: CallGraph,
  signatures: readonly Token[],
  read: readonly Token[],
): Token[] {
  const isRead = (token: Token, purpose: Purpose): boolean => {
    const names = keyNames(token)
    return read.some(
      (each) => each.purpose === purpose && keyNames(each).some((name) => names.includes(name)),
    )
  }
  const isOnlyDecoded = read.every(({ role }) => role === 'decode')
  const hasAuthentication = read.some(({ purpose }) => purpose === 'authentication')
  return settleByKey(signatures, read).map((each) => {
    if (each.model.longestLife !== undefined) return { ...each, purpose: 'authentication' }
    if (each.purpose !== 'authentication') return each
    if (isRead(each, 'authentication')) return each
    if (isRead(each, 'refresh')) return { ...each, purpose: 'refresh' }
    if (checksPassword(tracer, graph, each)) return each
    if (isRead(each, 'link')) return { ...each, purpose: 'link' }
    if (hasAuthentication && (usesKeyPair(each) || isOnlyDecoded)) return each
    return { ...each, purpose: isForKnownPerson(tracer, each) ? 'foreign' : 'unknown' }
  })
}

// Who asks is known by other means already: the token is for somewhere else.
function isForKnownPerson(tracer: Tracer, { subject, frame }: Token): boolean {
  const origins = subject ? tracer.trace(subject, frame) : []
  return origins.some(
    (each) => each.kind === 'identity' || (each.kind === 'request' && each.place === 'session'),
  )
}

function usesKeyPair({ settings, keys }: Token): boolean {
  const { algorithms } = settings
  const text = algorithms.state === 'set' ? JSON.stringify(textsOf(algorithms.node)) : ''
  return (
    /(?:RS|ES|PS)\d{3}|EdDSA/.test(text) ||
    keys.some((each) => each.kind === 'environment' && /private/i.test(each.name))
  )
}

function textsOf(node: { type: string }): string[] {
  const texts: string[] = []
  const search = (each: unknown): void => {
    if (typeof each === 'string') texts.push(each)
    if (typeof each !== 'object' || each === null) return
    for (const [key, value] of Object.entries(each)) if (key !== 'parent') search(value)
  }
  search(node)
  return texts
}

function checksPassword({ evaluator }: Tracer, graph: CallGraph, { fn }: Token): boolean {
  if (fn === undefined) return false
  const callers = [
    fn,
    ...(evaluator.callSites.callers.get(fn) ?? []).flatMap((call) => enclosingFunction(call) ?? []),
  ]
  for (const call of graph.callsFrom(callers)) {
    const value = evaluator.evaluate(calleeOf(call))
    if (value?.kind === 'api' && roleOf(value) === 'password') return true
    if (
      /^(?:compare|verify|check|validate|matches?)_?password$/i.test(
        propertyName(calleeOf(call)) ?? '',
      )
    )
      return true
  }
  return false
}
