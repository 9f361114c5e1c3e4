// 2. Is log-out wanted? A token that is looked up although its signature is right.
import type { Analysis } from '../analysis/analyse.ts'
import { callbacksOf } from '../analysis/guards.ts'
import type { Identity } from '../analysis/identity.ts'
import { isQuery, statementsFrom } from '../analysis/statements.ts'
import type { Origin } from '../flow/origin.ts'
import {
  argumentsOf,
  calleeOf,
  type FunctionNode,
  type Node,
  propertyName,
  unwrap,
  walk,
} from '../scan/syntax.ts'
import { type Evidence, evidenceAt, type Item, withoutRepeats } from './item.ts'

// Claims that name a token, or its age, rather than a person.
const tokenClaims =
  /^(?:jti|sid|iat|v|ver|nonce|gen|family)$|version|session|token|stamp|generation|epoch|counter|revo/i

export function findRevocation(
  analysis: Analysis,
  identity: Identity,
  functions: ReadonlySet<FunctionNode>,
): Item {
  const evidence = [
    ...lookUps(analysis, identity, functions),
    ...comparisons(analysis, identity, functions),
    ...libraryHooks(analysis),
  ]
  const base = {
    id: 2,
    question: 'Is log-out wanted (tokens that are refused although they are signed)?',
  }
  return evidence.length > 0
    ? {
        ...base,
        answer: 'yes',
        confidence: 'high',
        summary: 'yes: tokens are looked up',
        evidence: withoutRepeats(evidence),
      }
    : {
        ...base,
        answer: 'no',
        confidence: 'medium',
        summary: 'no check of a token beyond its signature was found',
        evidence: [],
      }
}

function namesToken(identity: Identity, origin: Origin): boolean {
  if (identity.isToken(origin)) return true
  const claim = identity.claimOf(origin)
  return claim !== undefined && tokenClaims.test(claim.at(-1) ?? '')
}

function lookUps(
  analysis: Analysis,
  identity: Identity,
  functions: ReadonlySet<FunctionNode>,
): Evidence[] {
  const { evaluator, graph, tracer } = analysis
  const names = (node: Node) => tracer.trace(node).some((each) => namesToken(identity, each))
  const inDatabase = statementsFrom(evaluator, graph, functions)
    .filter(({ isWrite, args }) => !isWrite && args.some(names))
    .map(({ call }) => evidenceAt(analysis, call, 'a token is looked up in a database'))
  const inMemory = [...graph.callsFrom(functions)].filter((call) => {
    const callee = unwrap(calleeOf(call))
    const [first] = argumentsOf(call)
    if (callee.type !== 'MemberExpression' || !first) return false
    const name = propertyName(callee) ?? ''
    if (!/^(?:has|includes|some|get)$/.test(name)) return false
    const value = evaluator.evaluate(callee)
    const isKept =
      value?.kind === 'api' &&
      /^(?:Set|Map|WeakSet|LRUCache|LRU|NodeCache)?\(\)\.(?:has|get)$/.test(value.path)
    const isFound =
      name === 'includes' &&
      tracer.trace(callee.object).some((each) => isQuery(each) || each.kind === 'identity')
    return (isKept || isFound) && names(first)
  })
  return [
    ...inDatabase,
    ...inMemory.map((call) => evidenceAt(analysis, call, 'a token is looked up in a list')),
  ]
}

// `payload.version !== user.tokenVersion`
function comparisons(
  analysis: Analysis,
  identity: Identity,
  functions: ReadonlySet<FunctionNode>,
): Evidence[] {
  const { tracer } = analysis
  const found: Evidence[] = []
  const isClaim = (node: Node) =>
    tracer.trace(node).some((each) => tokenClaims.test(identity.claimOf(each)?.at(-1) ?? ''))
  const isStored = (node: Node) => tracer.trace(node).some((each) => isQuery(each))
  const seen = new Set<Node>()
  for (const fn of functions) {
    walk(fn, (node) => {
      if (seen.has(node)) return
      seen.add(node)
      if (node.type === 'BinaryExpression' && /^[=!<>]/.test(node.operator)) {
        const { left, right } = node
        if ((isClaim(left) && isStored(right)) || (isClaim(right) && isStored(left))) {
          found.push(evidenceAt(analysis, node, 'a claim is compared with the database'))
        }
      } else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
        // `user.changedPasswordAfter(payload.iat)`
        if (node.arguments.some(isClaim) && isStored(node.callee.object)) {
          found.push(evidenceAt(analysis, node, 'a claim is compared with the database'))
        }
      }
    })
  }
  return found
}

function libraryHooks(analysis: Analysis): Evidence[] {
  return analysis.tokens.verifications
    .filter((each) => each.purpose === 'authentication')
    .filter((each) => callbacksOf(analysis.evaluator, each).length > 0)
    .map((each) =>
      evidenceAt(analysis, each.call, `${each.library.name} is told which tokens are revoked`),
    )
}
