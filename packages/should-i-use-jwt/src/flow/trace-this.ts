// Fields of a class: what is written where they are declared, what is assigned to them, and what
// the constructor was called with.
import {
  childrenOf,
  enclosingClass,
  identifierName,
  type Node,
  parameterPattern,
  propertyName,
} from '../scan/syntax.ts'
import { constructorOf } from '../values/class-members.ts'
import { traceParameter } from './trace-parameter.ts'
import type { Trace } from './tracer.ts'

export function traceThis(trace: Trace, node: Node, path: readonly string[], depth: number): void {
  const owner = enclosingClass(node)
  const [name, ...rest] = path
  if (owner === undefined || name === undefined) return
  const search = (each: Node): void => {
    if (
      each.type === 'AssignmentExpression' &&
      each.left.type === 'MemberExpression' &&
      each.left.object.type === 'ThisExpression' &&
      propertyName(each.left) === name
    ) {
      trace.follow(each.right, rest, undefined, depth)
    }
    for (const child of childrenOf(each)) search(child)
  }
  for (const each of owner.body.body) {
    if (each.type === 'PropertyDefinition' && propertyName(each) === name && each.value) {
      trace.follow(each.value, rest, undefined, depth)
    }
    if (each.type === 'MethodDefinition') search(each)
  }
  const fn = constructorOf(owner)
  const index = (fn?.params ?? []).findIndex((each) => {
    const pattern = parameterPattern(each)
    const inner = pattern.type === 'AssignmentPattern' ? pattern.left : pattern
    return each.type === 'TSParameterProperty' && identifierName(inner) === name
  })
  if (fn && index !== -1) traceParameter(trace, fn, index, rest, undefined, depth)
}
