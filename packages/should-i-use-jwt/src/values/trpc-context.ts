// What a tRPC server puts into the context of its procedures.
import {
  argumentsOf,
  calleeOf,
  type FunctionNode,
  type Node,
  propertyName,
  returnsOf,
  unwrap,
} from '../scan/syntax.ts'
import type { Evaluator } from './evaluator.ts'

/** The functions that servers are given as `createContext`. */
export function findContextMakers(evaluator: Evaluator): FunctionNode[] {
  return [...evaluator.project.files.values()].flatMap((file) =>
    file.calls.flatMap((call) => {
      const value = evaluator.evaluate(calleeOf(call))
      if (value?.kind !== 'api' || !value.package.startsWith('@trpc/server')) return []
      return argumentsOf(call).flatMap((each) => contextMakerIn(evaluator, each) ?? [])
    }),
  )
}

function contextMakerIn(evaluator: Evaluator, options: Node): FunctionNode | undefined {
  if (options.type !== 'ObjectExpression') return undefined
  const found = options.properties.find((each) => propertyName(each) === 'createContext')
  const value = found?.type === 'Property' ? evaluator.evaluate(found.value) : undefined
  return value?.kind === 'function' ? value.node : undefined
}

/** The context's members, by name. */
export function contextMembers(evaluator: Evaluator): [string, Node][] {
  return findContextMakers(evaluator).flatMap((fn) =>
    returnsOf(fn).flatMap((each) => membersOf(unwrap(each))),
  )
}

function membersOf(object: Node): [string, Node][] {
  if (object.type !== 'ObjectExpression') return []
  return object.properties.flatMap((each): [string, Node][] => {
    const name = propertyName(each)
    return each.type === 'Property' && name !== undefined ? [[name, each.value]] : []
  })
}
