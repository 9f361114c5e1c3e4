// Members of classes: methods, fields, what the constructor assigns or is injected, and what the
// class inherits.
import {
  type Class,
  enclosingClass,
  type FunctionNode,
  identifierName,
  type Node,
  parameterPattern,
  propertyName,
} from '../scan/syntax.ts'
import { evaluateType } from './evaluate-type.ts'
import type { Evaluator } from './evaluator.ts'
import { evaluateParameter } from './parameters.ts'
import type { Value } from './value.ts'

export function memberOfClass(
  evaluator: Evaluator,
  value: Extract<Value, { kind: 'class' | 'instance' }>,
  name: string,
): Value | undefined {
  const { node } = value
  const isStatic = value.kind === 'class'
  const member = node.body.body.find(
    (each) => propertyName(each) === name && 'static' in each && each.static === isStatic,
  )
  const own = member && evaluateMember(evaluator, member)
  if (own) return own
  const assigned = isStatic ? undefined : assignedInConstructor(evaluator, node, name)
  if (assigned) return assigned
  if (!node.superClass) return undefined
  const parent = evaluator.evaluate(node.superClass)
  const inherited = isStatic ? parent : evaluator.instanceOf(parent)
  return inherited && evaluator.member(inherited, name)
}

function evaluateMember(evaluator: Evaluator, member: Node): Value | undefined {
  if (member.type === 'MethodDefinition') {
    return member.kind === 'get'
      ? evaluator.returnedBy(member.value)
      : { kind: 'function', node: member.value }
  }
  if (member.type !== 'PropertyDefinition') return undefined
  const initial = member.value ? evaluator.evaluate(member.value) : undefined
  return (
    initial ??
    (member.typeAnnotation
      ? evaluateType(evaluator, member.typeAnnotation.typeAnnotation)
      : undefined)
  )
}

export function constructorOf({ body }: Class): FunctionNode | undefined {
  const found = body.body.find(
    (each) => each.type === 'MethodDefinition' && each.kind === 'constructor',
  )
  return found?.type === 'MethodDefinition' ? found.value : undefined
}

function assignedInConstructor(evaluator: Evaluator, node: Class, name: string): Value | undefined {
  const fn = constructorOf(node)
  const index = (fn?.params ?? []).findIndex(
    (each) => each.type === 'TSParameterProperty' && patternName(parameterPattern(each)) === name,
  )
  if (fn && index !== -1) return evaluateParameter(evaluator, fn, index, [])
  const right = assignedFields(evaluator, node).get(name)
  return right && evaluator.evaluate(right)
}

const fields = new WeakMap<Class, ReadonlyMap<string, Node>>()

// `this.x = …` in any method, the first of each name.
function assignedFields(evaluator: Evaluator, node: Class): ReadonlyMap<string, Node> {
  const known = fields.get(node)
  if (known) return known
  const found = new Map<string, Node>()
  for (const each of evaluator.project.fileOf(node).assignments) {
    if (each.type !== 'AssignmentExpression' || each.left.type !== 'MemberExpression') continue
    if (each.left.object.type !== 'ThisExpression' || enclosingClass(each) !== node) continue
    const name = propertyName(each.left)
    if (name !== undefined && !found.has(name)) found.set(name, each.right)
  }
  fields.set(node, found)
  return found
}

function patternName(pattern: Node): string | undefined {
  return identifierName(pattern.type === 'AssignmentPattern' ? pattern.left : pattern)
}
