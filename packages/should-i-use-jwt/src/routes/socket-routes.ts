// Connections of Socket.IO and `ws`, and plain servers of Node.
import { argumentsOf, calleeOf, type Node, propertyName, textOf, unwrap } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { Route } from './route.ts'

export function findSocketRoutes(evaluator: Evaluator): Route[] {
  const routes: Route[] = []
  const middleware: Node[] = []
  for (const file of evaluator.project.files.values()) {
    for (const call of file.calls) {
      const value = evaluator.evaluate(calleeOf(call))
      if (value?.kind !== 'api') continue
      const [first, second] = argumentsOf(call)
      const name = propertyName(unwrap(calleeOf(call)))
      const key = `${value.package} ${value.path}`
      if (/^socket\.io .*\(\).*\.use$/.test(key) && first) middleware.push(first)
      else if (/^(?:http|https|http2) createServer\(\)\.on$/.test(key) && second)
        middleware.push(second)
      else if (/^(?:socket\.io|ws) .*\(\).*\.on$/.test(key) && name === 'on' && first && second) {
        const event = textOf(first)
        if (event !== 'connection' && event !== 'connect') continue
        routes.push({
          method: 'connection',
          path: '',
          node: call,
          chain: [second],
          framework: 'sockets',
        })
      } else if (/^(?:http|https|http2) create(?:Secure)?Server$/.test(key)) {
        const handler = second ?? first
        const own = handler && evaluator.evaluate(handler)
        if (handler && own?.kind === 'function') {
          routes.push({
            method: 'all',
            path: '/',
            node: call,
            chain: [handler],
            framework: 'node:http',
          })
        }
      }
    }
  }
  return routes.map((each) =>
    each.framework === 'sockets' ? { ...each, chain: [...middleware, ...each.chain] } : each,
  )
}
