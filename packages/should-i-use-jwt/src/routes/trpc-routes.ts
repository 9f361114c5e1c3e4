// tRPC: procedures, with the middleware of what they are made from.
import { argumentsOf, calleeOf, type Node, propertyName, unwrap } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import { findContextMakers } from '../values/trpc-context.ts'
import type { Route } from './route.ts'

export function findTrpcRoutes(evaluator: Evaluator): Route[] {
  const makers = findContextMakers(evaluator)
  return [...evaluator.project.files.values()].flatMap((file) =>
    file.calls.flatMap((call): Route[] => {
      const callee = unwrap(calleeOf(call))
      const value = evaluator.evaluate(callee)
      if (callee.type !== 'MemberExpression' || value?.kind !== 'api') return []
      const method = propertyName(callee) ?? ''
      if (value.package !== '@trpc/server' || !/^(?:query|mutation|subscription)$/.test(method))
        return []
      const middleware = middlewareOf(evaluator, callee.object)
      // The context is made for all; only middleware can refuse because of it.
      const before = middleware.length > 0 ? [...makers, ...middleware] : []
      const path = (call.parent && propertyName(call.parent)) ?? ''
      const chain = [...before, ...argumentsOf(call)]
      return [{ method, path, node: call, chain, framework: 'tRPC' }]
    }),
  )
}

function middlewareOf(evaluator: Evaluator, start: Node): Node[] {
  const found: Node[] = []
  let node = unwrap(start)
  for (let step = 0; step < 20; step++) {
    const value = evaluator.evaluate(node)
    const call = value?.kind === 'api' ? value.origin : undefined
    const callee = call && unwrap(calleeOf(call))
    if (call === undefined || callee?.type !== 'MemberExpression') break
    if (propertyName(callee) === 'use') found.unshift(...argumentsOf(call))
    node = unwrap(callee.object)
  }
  return found
}
