// Guards: functions that verify, by themselves or through others, and what libraries offer to
// the same end.

import { functionsBehind } from '../routes/functions-of.ts'
import type { CallNode, FunctionNode, Node } from '../scan/syntax.ts'
import { argumentsOf, enclosingFunction } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { ApiValue } from '../values/value.ts'
import { sessionCallbacks } from './authjs.ts'
import type { CallGraph } from './call-graph.ts'
import { findOption, functionsIn } from './settings.ts'
import type { Strategy } from './strategies.ts'
import { outermost } from './token-calls.ts'
import type { Token, Tokens } from './tokens.ts'

export interface Guards {
  /** Whether what is registered for a route verifies who asks, and all functions that it runs. */
  check(chain: readonly Node[]): { isGuarded: boolean; functions: ReadonlySet<FunctionNode> }
  /** The functions of a route before which a strategy of Passport reads a refresh token. */
  renewing(chain: readonly Node[]): ReadonlySet<FunctionNode>
  /** Functions that verify by themselves. */
  readonly verifying: ReadonlySet<FunctionNode>
}

export function findGuards(
  evaluator: Evaluator,
  graph: CallGraph,
  { verifications, decodings }: Tokens,
  strategies: readonly Strategy[],
): Guards {
  const verifying = new Set<FunctionNode>()
  const guardCalls = new Map<CallNode, Token>()
  for (const each of [...verifications, ...decodings]) {
    if (each.purpose !== 'authentication') continue
    guardCalls.set(each.call, each)
    const fn = enclosingFunction(outermost(each.call, each.frame))
    if (fn) verifying.add(fn)
  }
  const strategyOf = (value: ApiValue): Strategy | undefined => {
    if (
      !value.origin ||
      !/^(?:passport|@nestjs\/passport|koa-passport|@fastify\/passport)$/.test(value.package)
    )
      return undefined
    if (!/(?:authenticate|AuthGuard)\(\)$/.test(value.path)) return undefined
    const [first] = argumentsOf(value.origin)
    const names = first ? textsOf(evaluator, first) : ['jwt']
    return strategies.find(({ name, token }) => names.includes(name) && token.token.length >= 0)
  }
  const usesAuthjs = verifications.some(({ library }) => library.name === 'Auth.js')
  const authjs = usesAuthjs ? sessionCallbacks(evaluator) : []
  return {
    verifying,
    check(chain) {
      const { functions, apis } = functionsBehind(evaluator, chain)
      const all = new Set(functions)
      let isGuarded = false
      for (const { value } of apis) {
        const strategy = strategyOf(value)
        for (const each of strategy?.functions ?? []) all.add(each)
        if (strategy && hasPurpose(verifications, strategy, 'authentication')) isGuarded = true
        const guard = value.origin && guardCalls.get(value.origin)
        if (guard?.role !== 'guard') continue
        isGuarded = true
        for (const each of callbacksOf(evaluator, guard)) all.add(each)
      }
      isGuarded ||= [...all].some((fn) =>
        [...graph.reachable(fn)].some((each) => verifying.has(each)),
      )
      // Inside a guard of one's own: `passport.authenticate('jwt', …)(req, res, next)`.
      for (const fn of isGuarded ? [] : [...all]) {
        for (const call of graph.callsFrom([fn])) {
          const value = evaluator.evaluate(call)
          const strategy = value?.kind === 'api' ? strategyOf(value) : undefined
          for (const each of strategy?.functions ?? []) all.add(each)
          if (strategy && hasPurpose(verifications, strategy, 'authentication')) isGuarded = true
        }
      }
      if (isGuarded) for (const each of authjs) all.add(each)
      return { isGuarded, functions: all }
    },
    renewing(chain) {
      const { functions, apis } = functionsBehind(evaluator, chain)
      const isRenewal = apis.some(({ value }) => {
        const strategy = strategyOf(value)
        return strategy !== undefined && hasPurpose(verifications, strategy, 'refresh')
      })
      return isRenewal ? new Set(functions) : new Set()
    },
  }
}

function textsOf(evaluator: Evaluator, node: Node): string[] {
  const value = evaluator.evaluate(node)
  if (value?.kind === 'text') return [value.text]
  if (value?.kind !== 'array') return []
  return value.node.elements.flatMap((each) => (each ? textsOf(evaluator, each) : []))
}

function hasPurpose(
  verifications: readonly Token[],
  { token }: Strategy,
  purpose: Token['purpose'],
): boolean {
  return verifications.some((each) => each.call === token.call && each.purpose === purpose)
}

/** Functions that a guard of a library is given, to look at the token themselves. */
export function callbacksOf(evaluator: Evaluator, { model, options }: Token): FunctionNode[] {
  return options.flatMap((object) =>
    (model.revokedBy ?? []).flatMap((name) => {
      const setting = findOption(evaluator, object, name)
      return setting.state === 'set' ? (functionsIn(evaluator, setting.node) as FunctionNode[]) : []
    }),
  )
}
