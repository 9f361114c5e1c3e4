// What earlier functions leave on a request for later ones: `req.user = …`, `c.set('user', …)`.
import { argumentsOf, calleeOf, type Node, propertyName, textOf, unwrap } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import { contextMembers } from '../values/trpc-context.ts'

export type ContextValues = ReadonlyMap<string, readonly Node[]>

export function findContextValues(evaluator: Evaluator): Map<string, Node[]> {
  const values = new Map<string, Node[]>()
  const add = (name: string, node: Node): void => {
    const known = values.get(name)
    if (known) known.push(node)
    else values.set(name, [node])
  }
  for (const file of evaluator.project.files.values()) {
    for (const each of file.assignments) {
      if (each.type !== 'AssignmentExpression') continue
      const name = propertyName(each.left)
      if (name !== undefined && isOnParameter(evaluator, each.left)) add(name, each.right)
    }
    for (const call of file.calls) {
      const callee = unwrap(calleeOf(call))
      const [first, second] = argumentsOf(call)
      if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'set') continue
      const name = first && textOf(first)
      if (name !== undefined && second) add(name, second)
    }
  }
  for (const [name, node] of contextMembers(evaluator)) add(name, node)
  return values
}

function isOnParameter(evaluator: Evaluator, left: Node): boolean {
  let root = left
  while (root.type === 'MemberExpression') root = unwrap(root.object)
  if (root.type !== 'Identifier') return false
  const kind = evaluator.bindingOf(root)
  // In a guard of NestJS the request is a variable: `const request = context.…getRequest()`.
  return kind?.kind === 'parameter' || /^(?:req|request|socket|ctx)$/.test(root.name)
}
