// Which objects are routers, by framework, and what their methods mean.
import {
  argumentsOf,
  calleeOf,
  enclosingFunction,
  isFunction,
  type Node,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { ApiValue } from '../values/value.ts'

export interface Framework {
  readonly name: string
  readonly packages: RegExp
  readonly routers: RegExp
  /** Methods that give their own object back. */
  readonly fluent?: RegExp
}

export const verbs: ReadonlySet<string> = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'del',
  'all',
  'options',
  'head',
])

const frameworks: readonly Framework[] = [
  {
    name: 'Express',
    packages: /^(?:express|express-promise-router|router|polka|restana)$/,
    routers:
      /^(?:|Router|Express|Application|IRouter)\(\)(?:\.(?:route|get|post|put|patch|delete|all|use)\(\))*$/,
  },
  {
    name: 'Koa',
    packages: /^(?:koa|koa-router|@koa\/router)$/,
    routers:
      /^(?:|Router|KoaRouter)\(\)(?:\.(?:prefix|get|post|put|patch|delete|del|all|use)\(\))*$/,
  },
  {
    name: 'Hono',
    packages: /^(?:hono(?:\/(?:tiny|quick|factory))?|@hono\/zod-openapi)$/,
    routers:
      /^(?:Hono|OpenAPIHono|createFactory\(\)\.createApp)\(\)(?:\.(?:basePath|route|get|post|put|patch|delete|all|use|openapi)\(\))*$/,
  },
  {
    name: 'Fastify',
    packages: /^fastify$/,
    routers:
      /^(?:|fastify|Fastify|FastifyInstance)\(\)(?:\.(?:withTypeProvider|register|get|post|put|patch|delete)\(\))*$/,
  },
]

export function frameworkOf(value: ApiValue): Framework | undefined {
  return frameworks.find(
    ({ packages, routers }) => packages.test(value.package) && routers.test(value.path),
  )
}

export interface RouterUse {
  readonly framework: Framework
  /** What tells this router from others: where it is made, or the plugin that is given it. */
  readonly router: Node
  /** What `route('/x')` or `basePath('/x')` has added on the way. */
  readonly prefix: string
}

/** The router that an expression is. */
export function routerOf(evaluator: Evaluator, start: Node): RouterUse | undefined {
  const node = unwrap(start)
  const value = evaluator.evaluate(node)
  if (value?.kind !== 'api') return undefined
  const framework = frameworkOf(value)
  if (framework === undefined) return undefined
  if (node.type === 'CallExpression') {
    const callee = unwrap(calleeOf(node))
    if (callee.type === 'MemberExpression') {
      const inner = routerOf(evaluator, callee.object)
      if (inner) return { ...inner, prefix: inner.prefix + prefixOf(node, propertyName(callee)) }
    }
  }
  const plugin = framework.name === 'Fastify' ? pluginOf(evaluator, node) : undefined
  if (plugin) return { framework, router: plugin, prefix: '' }
  if (value.origin) return originOf(evaluator, framework, value.origin)
  const binding = evaluator.bindingOf(node)
  const owner = binding && enclosingFunction(binding.identifier)
  return { framework, router: owner ?? binding?.identifier ?? node, prefix: '' }
}

function originOf(evaluator: Evaluator, framework: Framework, origin: Node): RouterUse {
  if (origin.type === 'CallExpression') {
    const callee = unwrap(calleeOf(origin))
    if (callee.type === 'MemberExpression') {
      const inner = routerOf(evaluator, callee.object)
      if (inner) return { ...inner, prefix: inner.prefix + prefixOf(origin, propertyName(callee)) }
    }
    // `new Router({ prefix: '/x' })` is read where it is made.
  }
  return { framework, router: origin, prefix: ownPrefix(origin) }
}

function prefixOf(
  call: Extract<Node, { type: 'CallExpression' }>,
  method: string | undefined,
): string {
  if (method !== 'route' && method !== 'basePath' && method !== 'prefix') return ''
  const [first, second] = argumentsOf(call)
  return second === undefined && first ? (textOf(first) ?? '') : ''
}

function ownPrefix(origin: Node): string {
  const [first] = origin.type === 'NewExpression' ? argumentsOf(origin) : []
  if (first?.type !== 'ObjectExpression') return ''
  for (const each of first.properties) {
    if (each.type === 'Property' && propertyName(each) === 'prefix') return textOf(each.value) ?? ''
  }
  return ''
}

// Each plugin of Fastify has an instance of its own, unless it is wrapped to have none.
function pluginOf(evaluator: Evaluator, node: Node): Node | undefined {
  const binding = evaluator.bindingOf(node)
  if (binding?.kind !== 'parameter' || !isFunction(binding.declaration)) return undefined
  const { declaration } = binding
  const isPassed = (evaluator.callSites.passedTo.get(declaration) ?? []).length > 0
  const isCalled = (evaluator.callSites.callers.get(declaration) ?? []).length > 0
  return isPassed || !isCalled ? declaration : undefined
}
