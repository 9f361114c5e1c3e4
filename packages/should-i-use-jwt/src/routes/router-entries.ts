// What routers are told: routes, middleware, other routers.
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  type FunctionNode,
  isFunction,
  type Node,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import { findAutoloadedPlugins } from '../values/autoload.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { Entry } from './route.ts'
import { type RouterUse, routerOf, verbs } from './routers.ts'

const hookNames = new Set(['onRequest', 'preParsing', 'preValidation', 'preHandler'])

export function findEntries(evaluator: Evaluator): Entry[] {
  const entries: Entry[] = autoloadedEntries(evaluator)
  for (const file of evaluator.project.files.values()) {
    for (const call of file.calls) {
      const callee = unwrap(calleeOf(call))
      if (callee.type !== 'MemberExpression') continue
      const method = propertyName(callee) ?? ''
      if (!isRegistration(method)) continue
      const use = routerOf(evaluator, callee.object)
      if (use) entries.push(...entriesOf(evaluator, use, method, call))
    }
  }
  return entries
}

function autoloadedEntries(evaluator: Evaluator): Entry[] {
  const plugins = findAutoloadedPlugins(evaluator)
  return plugins.flatMap(({ fn, call, prefix, folder, isHooks }) => {
    const callee = unwrap(calleeOf(call))
    const use = callee.type === 'MemberExpression' ? routerOf(evaluator, callee.object) : undefined
    const base = {
      framework: 'Fastify',
      node: call,
      kind: 'mount',
      method: 'register',
      chain: [],
      child: fn,
    } as const
    if (isHooks) {
      const beside = plugins.filter(
        (each) => !each.isHooks && `${each.folder}/`.startsWith(`${folder}/`),
      )
      return beside.map((each) => ({ ...base, router: each.fn, path: '', isHook: true }))
    }
    if (use === undefined) return []
    return [
      { ...base, router: use.router, path: prefix, isHook: isWrappedElsewhere(evaluator, fn) },
    ]
  })
}

function isRegistration(method: string): boolean {
  return verbs.has(method) || /^(?:use|route|register|addHook|openapi|on)$/.test(method)
}

function entriesOf(evaluator: Evaluator, use: RouterUse, method: string, call: CallNode): Entry[] {
  const args = argumentsOf(call)
  const [first] = args
  const path = first && textOf(first)
  const base = { router: use.router, framework: use.framework.name, node: call }
  const rest = path === undefined ? args : args.slice(1)
  if (use.framework.name === 'Fastify') return fastifyEntries(evaluator, use, method, call)
  if (verbs.has(method)) {
    // `app.get('port')` reads a setting.
    if (rest.length === 0) return []
    return [{ ...base, kind: 'route', method, path: use.prefix + (path ?? ''), chain: rest }]
  }
  if (method === 'openapi') {
    return [{ ...base, kind: 'route', method: 'openapi', path: '', chain: args }]
  }
  if (method !== 'use' && method !== 'route') return []
  if (method === 'use' && rest.some((each) => isProxy(evaluator, each))) {
    return [{ ...base, kind: 'route', method: 'all', path: use.prefix + (path ?? ''), chain: rest }]
  }
  const mounts = rest.flatMap((each) => {
    const child = mountedRouter(evaluator, each)
    return child ? [child] : []
  })
  const chain = rest.filter((each) => !mountedRouter(evaluator, each))
  const prefix = use.prefix + (path ?? '')
  if (mounts.length === 0) {
    return method === 'use' ? [{ ...base, kind: 'use', method, path: prefix, chain }] : []
  }
  return mounts.map((child) => ({
    ...base,
    kind: 'mount',
    method,
    path: prefix + child.prefix,
    chain,
    child: child.router,
  }))
}

// What is passed on to other services is a route, too.
function isProxy(evaluator: Evaluator, node: Node): boolean {
  const value = evaluator.evaluate(node)
  return (
    value?.kind === 'api' &&
    /^(?:http-proxy-middleware|express-http-proxy|koa-proxies)$/.test(value.package)
  )
}

function mountedRouter(evaluator: Evaluator, start: Node): RouterUse | undefined {
  const node = unwrap(start)
  if (isFunction(node)) return undefined
  if (node.type === 'CallExpression') {
    const callee = unwrap(calleeOf(node))
    // `app.use(router.routes())` of Koa.
    if (
      callee.type === 'MemberExpression' &&
      /^(?:routes|middleware)$/.test(propertyName(callee) ?? '')
    ) {
      return routerOf(evaluator, callee.object)
    }
  }
  return routerOf(evaluator, node)
}

function fastifyEntries(
  evaluator: Evaluator,
  use: RouterUse,
  method: string,
  call: CallNode,
): Entry[] {
  const [first, second, third] = argumentsOf(call)
  const base = { router: use.router, framework: use.framework.name, node: call }
  const path = (first && textOf(first)) ?? ''
  if (first && verbs.has(method)) {
    const chain = [...(third && second ? hooksIn(evaluator, second) : []), third ?? second].filter(
      (each) => each !== undefined,
    )
    const isOptionsOnly = third === undefined && second?.type === 'ObjectExpression'
    return [
      {
        ...base,
        kind: 'route',
        method,
        path,
        chain: isOptionsOnly ? hooksIn(evaluator, second) : chain,
      },
    ]
  }
  if (first && method === 'route') {
    const url = optionText(first, 'url') ?? optionText(first, 'path') ?? ''
    return [
      {
        ...base,
        kind: 'route',
        method: optionText(first, 'method') ?? '',
        path: url,
        chain: hooksIn(evaluator, first),
      },
    ]
  }
  if (method === 'addHook' && second && hookNames.has(path)) {
    return [{ ...base, kind: 'use', method, path: '', chain: [second], isHook: true }]
  }
  if (method !== 'register' || !first) return []
  const plugin = pluginFunction(evaluator, first)
  if (plugin === undefined) return []
  const prefix = second ? (optionText(second, 'prefix') ?? '') : ''
  return [
    {
      ...base,
      kind: 'mount',
      method,
      path: prefix,
      chain: [],
      child: plugin.fn,
      isHook: plugin.isShared,
    },
  ]
}

function pluginFunction(
  evaluator: Evaluator,
  node: Node,
): { fn: FunctionNode; isShared: boolean } | undefined {
  const value = evaluator.evaluate(node)
  const main = value?.kind === 'module' ? evaluator.member(value, 'default') : value
  if (main?.kind !== 'function') return undefined
  const { parent } = main.node
  const wrapper =
    parent && parent.type === 'CallExpression' ? evaluator.evaluate(parent.callee) : undefined
  const isWrapped = wrapper?.kind === 'api' && wrapper.package === 'fastify-plugin'
  return { fn: main.node, isShared: isWrapped || isWrappedElsewhere(evaluator, main.node) }
}

// `export default fp(plugin)`, where the function has a name.
function isWrappedElsewhere(evaluator: Evaluator, fn: FunctionNode): boolean {
  return (evaluator.callSites.passedTo.get(fn) ?? []).some((call) => {
    const value = evaluator.evaluate(calleeOf(call))
    return value?.kind === 'api' && value.package === 'fastify-plugin'
  })
}

function hooksIn(evaluator: Evaluator, options: Node): Node[] {
  const value = evaluator.evaluate(options)
  const object = value?.kind === 'object' ? value.node : unwrap(options)
  if (object.type !== 'ObjectExpression') return []
  const hooks: Node[] = []
  const handlers: Node[] = []
  for (const each of object.properties) {
    if (each.type === 'SpreadElement') hooks.push(...hooksIn(evaluator, each.argument))
    else if (hookNames.has(propertyName(each) ?? '')) hooks.push(each.value)
    else if (propertyName(each) === 'handler') handlers.push(each.value)
  }
  return [...hooks, ...handlers]
}

function optionText(node: Node, name: string): string | undefined {
  const object = unwrap(node)
  if (object.type !== 'ObjectExpression') return undefined
  for (const each of object.properties) {
    if (each.type === 'Property' && propertyName(each) === name) return textOf(each.value)
  }
  return undefined
}
