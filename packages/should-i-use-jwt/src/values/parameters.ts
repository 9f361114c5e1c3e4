// What a parameter is: by its declared type, by its default, by who calls the function with what.
import {
  argumentsOf,
  calleeOf,
  type FunctionNode,
  type Node,
  parameterPattern,
  propertyName,
  unwrap,
} from '../scan/syntax.ts'
import { evaluateType } from './evaluate-type.ts'
import type { Evaluator } from './evaluator.ts'
import { api, type Value } from './value.ts'

// Callbacks that are given the very object on which they are registered: a Fastify plugin, a
// transaction of Prisma, Drizzle, Knex, Kysely.
const givesReceiver = /\.(?:register|after|\$?transaction|\$?withTransaction|execute)$/

// Enough to know what is passed; more would only repeat it.
const callersTried = 8

export function evaluateParameter(
  evaluator: Evaluator,
  fn: FunctionNode,
  index: number,
  path: readonly string[],
): Value | undefined {
  const parameter = fn.params[index]
  if (parameter === undefined) return undefined
  const pattern = parameterPattern(parameter)
  const declared = byType(evaluator, pattern)
  // A router is declared as one, but which one it is only its callers know.
  if (declared?.kind === 'api' && path.length === 0) {
    const passed = byCallers(evaluator, fn, index, path)
    if (passed?.kind === 'api' && passed.package === declared.package) return passed
  }
  return (
    declared ??
    (pattern.type === 'AssignmentPattern' ? evaluator.evaluate(pattern.right) : undefined) ??
    byCallers(evaluator, fn, index, path) ??
    byReceiver(evaluator, fn, index) ??
    byPlugins(evaluator, fn, index)
  )
}

function byType(evaluator: Evaluator, pattern: Node): Value | undefined {
  const inner = pattern.type === 'AssignmentPattern' ? pattern.left : pattern
  const annotation = 'typeAnnotation' in inner ? inner.typeAnnotation : undefined
  if (annotation?.type !== 'TSTypeAnnotation') return undefined
  return evaluateType(evaluator, annotation.typeAnnotation)
}

function byCallers(
  evaluator: Evaluator,
  fn: FunctionNode,
  index: number,
  path: readonly string[],
): Value | undefined {
  for (const call of (evaluator.callSites.callers.get(fn) ?? []).slice(0, callersTried)) {
    const argument = argumentsOf(call)[index]
    const value = argument && evaluator.evaluate(argument)
    const [first] = path
    if (value && (first === undefined || evaluator.member(value, first))) return value
  }
  return undefined
}

function byReceiver(evaluator: Evaluator, fn: FunctionNode, index: number): Value | undefined {
  for (const call of (evaluator.callSites.passedTo.get(fn) ?? []).slice(0, callersTried)) {
    const callee = unwrap(calleeOf(call))
    const value = evaluator.evaluate(callee)
    if (value?.kind !== 'api') continue
    if (index === 0 && value.package === 'fastify-plugin') return api('fastify', '()')
    if (index === 0 && callee.type === 'MemberExpression' && givesReceiver.test(value.path)) {
      return evaluator.evaluate(callee.object)
    }
    return { ...value, path: `${value.path}(#${index})` }
  }
  return undefined
}

// A plugin that a command line or a loader of Fastify calls: it registers other plugins itself.
function byPlugins(evaluator: Evaluator, fn: FunctionNode, index: number): Value | undefined {
  const pattern = fn.params[index]
  if (index !== 0 || pattern?.type !== 'Identifier') return undefined
  const file = evaluator.project.fileOf(fn)
  const isPlugin = file.calls.some((call) => {
    if (call.start < fn.start || call.end > fn.end) return false
    const callee = unwrap(calleeOf(call))
    if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'register') return false
    if (evaluator.bindingOf(callee.object)?.identifier !== pattern) return false
    const [first] = argumentsOf(call)
    const value = first && evaluator.evaluate(first)
    return value?.kind === 'api' && /^(?:@fastify\/|fastify-)/.test(value.package)
  })
  return isPlugin ? api('fastify', '()') : undefined
}
