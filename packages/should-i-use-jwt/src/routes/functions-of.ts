// The functions behind what is registered as middleware or handler: wrapped, in arrays, as
// methods of guards, made by factories.
import {
  argumentsOf,
  type CallNode,
  type FunctionNode,
  isCall,
  isFunction,
  type Node,
  propertyName,
  unwrap,
} from '../scan/syntax.ts'
import { calledFunction } from '../values/call-sites.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { ApiValue } from '../values/value.ts'

export interface Behind {
  readonly functions: ReadonlySet<FunctionNode>
  /** What of libraries is registered: `passport.authenticate('jwt')`, `expressjwt({ … })`. */
  readonly apis: readonly { readonly value: ApiValue; readonly node: Node }[]
}

const guardMethods = ['canActivate', 'handleRequest', 'use', 'intercept', 'validate']

export function functionsBehind(evaluator: Evaluator, nodes: readonly Node[]): Behind {
  const functions = new Set<FunctionNode>()
  const apis: { value: ApiValue; node: Node }[] = []
  const seen = new Set<Node>()
  const visit = (start: Node): void => {
    const node = unwrap(start)
    if (seen.has(node)) return
    seen.add(node)
    if (isFunction(node)) functions.add(node)
    else if (node.type === 'ArrayExpression') {
      for (const each of node.elements) if (each) visit(each)
    } else if (node.type === 'SpreadElement') visit(node.argument)
    else if (node.type === 'ConditionalExpression') {
      visit(node.consequent)
      visit(node.alternate)
    } else if (isCall(node)) visitCall(node)
    else if (node.type === 'ObjectExpression') {
      for (const each of node.properties) if (each.type === 'Property') visit(each.value)
    }
    const value = evaluator.evaluate(node)
    if (value?.kind === 'function') functions.add(value.node)
    else if (value?.kind === 'api') {
      apis.push({ value, node })
      if (value.origin && value.origin !== node) visitCall(value.origin)
    } else if (value?.kind === 'array') visit(value.node)
    else if (value?.kind === 'class' || value?.kind === 'instance') visitGuard(value.node)
  }
  const visitCall = (call: CallNode): void => {
    for (const each of argumentsOf(call)) visit(each)
    const target = calledFunction(evaluator, call)
    if (target) functions.add(target)
    const callee = unwrap(call.type === 'TaggedTemplateExpression' ? call.tag : call.callee)
    // `guard.unless(…)`, `controller.show.bind(controller)`, `validate(…).concat(…)`
    if (
      callee.type === 'MemberExpression' &&
      /^(?:unless|bind|concat)$/.test(propertyName(callee) ?? '')
    ) {
      visit(callee.object)
    }
  }
  const visitGuard = (
    guard: Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>,
  ): void => {
    for (const name of guardMethods) {
      const method = evaluator.member({ kind: 'instance', node: guard }, name)
      if (method?.kind === 'function') functions.add(method.node)
    }
    if (guard.superClass) visit(guard.superClass)
  }
  for (const each of nodes) visit(each)
  return { functions, apis }
}
