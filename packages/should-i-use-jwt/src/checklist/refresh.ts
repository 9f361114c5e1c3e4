// 6. Refresh tokens: are there any, and of which kind.
import type { Analysis } from '../analysis/analyse.ts'
import { lifetimeOf } from '../analysis/lifetime.ts'
import { isQuery, type Statement, statementsFrom } from '../analysis/statements.ts'
import { outermost } from '../analysis/token-calls.ts'
import type { Token } from '../analysis/tokens.ts'
import { findUses } from '../flow/find-uses.ts'
import type { Origin } from '../flow/origin.ts'
import { roleOf } from '../libraries/roles.ts'
import {
  type CallNode,
  calleeOf,
  enclosingFunction,
  type FunctionNode,
  type Node,
  propertyName,
  unwrap,
} from '../scan/syntax.ts'
import { type Evidence, evidenceAt, type Item, withoutRepeats } from './item.ts'

export interface RefreshItem extends Item {
  readonly present: boolean
  readonly opaque: boolean | undefined
  readonly stored: boolean | undefined
  readonly rotated: boolean | undefined
  /** Access tokens live for more than five minutes. */
  readonly accessTokenOverFiveMinutes: boolean | undefined
}

const longestAccess = 300

export function findRefresh(analysis: Analysis): RefreshItem {
  const { signatures, verifications } = analysis.tokens
  const signed = signatures.filter(({ purpose }) => purpose === 'refresh')
  const verified = verifications.filter(({ purpose }) => purpose === 'refresh')
  const random = findRandomRefreshTokens(analysis)
  const made = [...signed.map(({ call, frame }) => outermost(call, frame)), ...random]
  const isRefresh = refreshTest(analysis, new Set([...signed.map(({ call }) => call), ...random]))
  const statements = refreshStatements(analysis, isRefresh)
  const isOfLibrary = [...signatures, ...verifications].some(isRenewedByOpaque)
  const present = made.length > 0 || verified.length > 0 || isOfLibrary
  const evidence: Evidence[] = [
    ...made.map((call) => evidenceAt(analysis, call, 'a refresh token is made')),
    ...verified.map(({ call }) => evidenceAt(analysis, call, 'a refresh token is verified')),
    ...statements.map(({ call }) => evidenceAt(analysis, call, 'refresh tokens are in a database')),
  ]
  const opaque = present ? signed.length === 0 && verified.length === 0 : undefined
  const isOnlyLibrarys = isOfLibrary && made.length === 0 && verified.length === 0
  const stored = present
    ? isOnlyLibrarys || statements.length > 0 || isKept(analysis, made)
    : undefined
  const consumers = [
    ...verified.flatMap(({ fn }) => fn ?? []),
    ...analysis.routes.flatMap(({ chain }) => [...analysis.guards.renewing(chain)]),
    ...statements
      .filter((each) => isShown(analysis, each, isRefresh))
      .flatMap(({ call }) => enclosingFunction(call) ?? []),
  ]
  const rotated = present ? isOnlyLibrarys || isRotated(analysis, consumers, made) : undefined
  const over = accessTokenOverFiveMinutes(analysis)
  const parts = [
    opaque ? 'opaque' : 'signed',
    stored ? 'stored' : 'not stored',
    rotated ? 'rotated' : 'not rotated',
  ]
  return {
    id: 6,
    question: 'Are there refresh tokens, and do access tokens live for five minutes at most?',
    answer: present ? 'yes' : 'no',
    confidence: present ? 'high' : 'medium',
    summary: `${present ? `yes: ${parts.join(', ')}` : 'no refresh tokens'}; ${lifeSummary(over)}`,
    evidence: withoutRepeats(evidence),
    present,
    opaque,
    stored,
    rotated,
    accessTokenOverFiveMinutes: over,
  }
}

function isRenewedByOpaque({ model }: Token): boolean {
  return model.longestLife !== undefined
}

function lifeSummary(over: boolean | undefined): string {
  if (over === undefined) return 'how long access tokens live could not be seen'
  return over
    ? 'access tokens live for more than five minutes'
    : 'access tokens live for five minutes at most'
}

// A random value that is called a refresh token on its way to the client or the database.
const otherNames =
  /access|csrf|xsrf|reset|verif|jti|sid|session|password|salt|nonce|state|code|key/i

function comesWithAccess({ tokens, graph, evaluator }: Analysis, random: CallNode): boolean {
  const made = enclosingFunction(random)
  const callers = (made && evaluator.callSites.callers.get(made)) ?? []
  const functions = [made, ...callers.map(enclosingFunction)].filter((each) => each !== undefined)
  const access = tokens.signatures.filter(({ purpose }) => purpose === 'authentication')
  return functions.some((fn) => {
    const calls = graph.callsFrom([fn])
    return access.some(({ call }) => calls.has(call)) && calls.has(random)
  })
}

function findRandomRefreshTokens(analysis: Analysis): CallNode[] {
  const { project, evaluator } = analysis
  return [...project.files.values()].flatMap((file) =>
    file.calls.filter((call) => {
      const value = evaluator.evaluate(calleeOf(call))
      if (value?.kind !== 'api' || roleOf(value) !== 'random') return false
      const { names, sinks } = findUses(evaluator, call, undefined)
      const label = names.find((each) => otherNames.test(each) || /refresh/i.test(each))
      if (label !== undefined) return /refresh/i.test(label)
      // Kept, and given out together with an access token: it is one, whatever it is called.
      const isGiven = sinks.has('cookie') || sinks.has('response')
      return isGiven && sinks.has('query') && comesWithAccess(analysis, call)
    }),
  )
}

type OriginTest = (origin: Origin) => boolean

function refreshStatements(analysis: Analysis, isRefresh: OriginTest): Statement[] {
  const { project, evaluator, graph, tracer } = analysis
  const functions = [...project.files.values()].flatMap((file) => file.functions)
  return statementsFrom(evaluator, graph, functions).filter(
    ({ args, subject }) =>
      /refresh/i.test(subject) || args.some((each) => tracer.trace(each).some(isRefresh)),
  )
}

// Whether a value is a refresh token: made as one, or shown by the client under its name.
function refreshTest({ tokens, evaluator }: Analysis, made: ReadonlySet<CallNode>): OriginTest {
  const names = new Set([...made].flatMap((call) => findUses(evaluator, call, undefined).names))
  return (origin) => {
    if (origin.kind === 'request') {
      return /refresh/i.test(origin.name) || (origin.place === 'cookie' && names.has(origin.name))
    }
    if (origin.kind !== 'call') return false
    if (made.has(origin.call)) {
      return origin.role === 'random' || purposeIs(tokens.signatures, origin.call)
    }
    return (
      purposeIs(tokens.verifications, origin.call) &&
      /jti|family|session|token|version|^id$/i.test(origin.path.at(-1) ?? '')
    )
  }
}

function purposeIs(tokens: Analysis['tokens']['signatures'], call: CallNode): boolean {
  const same = tokens.filter((each) => each.call === call)
  return same.length > 0 && same.every(({ purpose }) => purpose === 'refresh')
}

// `user.refreshToken = …` of a row, `refreshTokens.add(…)`.
function isKept({ evaluator, tracer }: Analysis, made: readonly CallNode[]): boolean {
  return made.some((call) => {
    const { sinks } = findUses(evaluator, call, undefined)
    const left = sinks.get('context')
    if (sinks.has('query')) return true
    if (left?.type === 'MemberExpression') return tracer.trace(left.object).some(isQuery)
    return isCollected(call)
  })
}

function isCollected(call: Node): boolean {
  for (let each = call.parent; each; each = each.parent) {
    if (
      each.type === 'CallExpression' &&
      /^(?:push|add|set)$/.test(propertyName(unwrap(each.callee)) ?? '')
    )
      return true
    if (each.type === 'BlockStatement') return false
  }
  return false
}

// A statement with what the client has shown: there the token is used up.
function isShown({ tracer }: Analysis, { args }: Statement, isRefresh: OriginTest): boolean {
  return args.some((each) =>
    tracer
      .trace(each)
      .some(
        (origin) =>
          origin.kind === 'request' && (isRefresh(origin) || /^token$/i.test(origin.name)),
      ),
  )
}

function isRotated(
  { evaluator, graph }: Analysis,
  consumers: readonly FunctionNode[],
  made: readonly CallNode[],
): boolean {
  const callers = (fn: FunctionNode): FunctionNode[] =>
    (evaluator.callSites.callers.get(fn) ?? []).flatMap((call) => enclosingFunction(call) ?? [])
  const all = new Set(
    consumers.flatMap((fn) => [fn, ...callers(fn), ...callers(fn).flatMap(callers)]),
  )
  // A function that answers log-ins as well would always make one.
  const calls = graph.callsFrom(all)
  return made.some((each) => calls.has(each))
}

function accessTokenOverFiveMinutes({ tokens, tracer }: Analysis): boolean | undefined {
  const signed = tokens.signatures.filter(({ purpose }) => purpose === 'authentication')
  const lives = signed.map((each) => lifetimeOf(tracer, each))
  if (lives.some((each) => each !== undefined && each > longestAccess)) return true
  const isAuthjs =
    signed.length === 0 && tokens.verifications.some(({ library }) => library.name === 'Auth.js')
  if (isAuthjs) return true
  if (signed.length === 0) return tokens.verifications.some(isRenewedByOpaque) ? false : undefined
  return lives.includes(undefined) ? undefined : false
}
