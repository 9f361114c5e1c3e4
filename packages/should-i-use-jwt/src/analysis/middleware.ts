// Whether a function lets requests through: it leaves something on the request, and calls what
// comes next without an error.
import { argumentsOf, calleeOf, type FunctionNode, type Node, unwrap } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'

export function isMiddleware(evaluator: Evaluator, fn: FunctionNode): boolean {
  const file = evaluator.project.fileOf(fn)
  const isInside = (node: Node): boolean => fn.start <= node.start && node.end <= fn.end
  const isParameter = (node: Node): boolean => {
    const binding = evaluator.bindingOf(node)
    return binding?.kind === 'parameter' && binding.declaration === fn
  }
  const callsNext = file.calls.some((call) => {
    if (!isInside(call) || argumentsOf(call).length > 0) return false
    return isParameter(unwrap(calleeOf(call)))
  })
  const leavesSomething = file.assignments.some((each) => {
    if (!isInside(each) || each.type !== 'AssignmentExpression') return false
    let root: Node = each.left
    if (root.type !== 'MemberExpression') return false
    while (root.type === 'MemberExpression') root = unwrap(root.object)
    return isParameter(root)
  })
  return callsNext && leavesSomething
}
