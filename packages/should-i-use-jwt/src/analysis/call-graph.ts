// Which functions a function may run, by itself or through others. Functions written inside it
// and functions that it passes on count: they are there to be run.
import {
  argumentsOf,
  type CallNode,
  type FunctionNode,
  isFunction,
  type Node,
  unwrap,
} from '../scan/syntax.ts'
import { calledFunction } from '../values/call-sites.ts'
import type { Evaluator } from '../values/evaluator.ts'

export class CallGraph {
  readonly #evaluator: Evaluator
  readonly #calls = new Map<FunctionNode, CallNode[]>()
  readonly #targets = new Map<FunctionNode, FunctionNode[]>()
  readonly #reachable = new Map<FunctionNode, ReadonlySet<FunctionNode>>()

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator
    for (const { calls } of evaluator.project.files.values()) {
      for (const call of calls) {
        for (let each: Node | null | undefined = call.parent; each; each = each.parent) {
          if (!isFunction(each)) continue
          const known = this.#calls.get(each)
          if (known) known.push(call)
          else this.#calls.set(each, [call])
        }
      }
    }
  }

  /** The calls written inside a function, also in functions inside it. */
  callsIn(fn: FunctionNode): readonly CallNode[] {
    return this.#calls.get(fn) ?? []
  }

  /** The function itself and all that it may run. */
  reachable(fn: FunctionNode): ReadonlySet<FunctionNode> {
    const known = this.#reachable.get(fn)
    if (known) return known
    const found = new Set([fn])
    for (const each of found) for (const target of this.#targetsOf(each)) found.add(target)
    this.#reachable.set(fn, found)
    return found
  }

  /** All calls that running these functions may make. */
  callsFrom(functions: Iterable<FunctionNode>): Set<CallNode> {
    const calls = new Set<CallNode>()
    for (const fn of functions) {
      for (const each of this.reachable(fn)) for (const call of this.callsIn(each)) calls.add(call)
    }
    return calls
  }

  #targetsOf(fn: FunctionNode): readonly FunctionNode[] {
    const known = this.#targets.get(fn)
    if (known) return known
    const targets: FunctionNode[] = []
    for (const call of this.callsIn(fn)) {
      const target = calledFunction(this.#evaluator, call)
      if (target) targets.push(target)
      for (const argument of argumentsOf(call)) targets.push(...this.#passed(argument))
    }
    this.#targets.set(fn, targets)
    return targets
  }

  #passed(argument: Node): FunctionNode[] {
    const inner = unwrap(argument)
    if (inner.type !== 'Identifier' && inner.type !== 'MemberExpression') return []
    const value = this.#evaluator.evaluate(inner)
    return value?.kind === 'function' ? [value.node] : []
  }
}
