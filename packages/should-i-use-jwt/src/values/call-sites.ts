// Who calls a function of the project, and to whom it is passed.
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  type FunctionNode,
  isFunction,
  type Node,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import { findAutoloadedPlugins } from './autoload.ts'
import { constructorOf } from './class-members.ts'
import type { Evaluator } from './evaluator.ts'
import { contextMembers } from './trpc-context.ts'

export interface CallSites {
  readonly callers: ReadonlyMap<FunctionNode, readonly CallNode[]>
  /** Calls that have the function among their arguments. */
  readonly passedTo: ReadonlyMap<FunctionNode, readonly CallNode[]>
  /** What Fastify applications are decorated with, and the contexts of tRPC, by name. */
  readonly decorations: ReadonlyMap<string, Node>
}

export function findCallSites(evaluator: Evaluator): CallSites {
  const callers = new Map<FunctionNode, CallNode[]>()
  const passedTo = new Map<FunctionNode, CallNode[]>()
  const decorations = new Map<string, Node>()
  for (const { calls } of evaluator.project.files.values()) {
    for (const call of calls) {
      const target = calledFunction(evaluator, call)
      if (target) add(callers, target, call)
      const [first, second] = argumentsOf(call)
      const name = first && textOf(first)
      if (name !== undefined && second && /^decorate/.test(propertyName(calleeOf(call)) ?? '')) {
        decorations.set(name, second)
      }
      for (const argument of argumentsOf(call).flatMap(withOptions)) {
        const inner = unwrap(argument)
        if (isFunction(inner)) add(passedTo, inner, call)
        else if (inner.type === 'Identifier' || inner.type === 'MemberExpression') {
          const value = evaluator.evaluate(inner)
          if (value?.kind === 'function') add(passedTo, value.node, call)
        } else if (inner.type === 'CallExpression' || inner.type === 'ImportExpression') {
          const value = evaluator.evaluate(inner)
          if (value?.kind === 'function') add(passedTo, value.node, call)
          if (value?.kind === 'module') {
            const main = evaluator.member(value, 'default')
            if (main?.kind === 'function') add(passedTo, main.node, call)
          }
        }
      }
    }
  }
  for (const [name, node] of contextMembers(evaluator)) decorations.set(name, node)
  for (const { fn, call } of findAutoloadedPlugins(evaluator)) add(passedTo, fn, call)
  return { callers, passedTo, decorations }
}

// Functions are passed in options as well: `{ preHandler: [authenticate], handler }`.
function withOptions(argument: Node): Node[] {
  const inner = unwrap(argument)
  if (inner.type !== 'ObjectExpression') return [inner]
  return inner.properties.flatMap((each) => {
    if (each.type !== 'Property') return []
    return each.value.type === 'ArrayExpression'
      ? each.value.elements.flatMap((element) => element ?? [])
      : [each.value]
  })
}

function add(sites: Map<FunctionNode, CallNode[]>, fn: FunctionNode, call: CallNode): void {
  const known = sites.get(fn)
  if (known) known.push(call)
  else sites.set(fn, [call])
}

/** The function of the project that a call runs, a constructor included. */
export function calledFunction(evaluator: Evaluator, call: CallNode): FunctionNode | undefined {
  const callee = unwrap(calleeOf(call))
  if (isFunction(callee)) return callee
  const value = evaluator.evaluate(callee)
  if (value?.kind === 'function') return value.node
  if (call.type === 'NewExpression' && value?.kind === 'class') return constructorOf(value.node)
  // `fn.call(…)` and `fn.apply(…)`
  if (callee.type === 'MemberExpression' && /^(?:call|apply)$/.test(propertyName(callee) ?? '')) {
    const target = evaluator.evaluate(callee.object)
    if (target?.kind === 'function') return target.node
  }
  return undefined
}
