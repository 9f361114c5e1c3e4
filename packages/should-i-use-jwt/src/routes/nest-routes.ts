// NestJS: routes and guards are decorators.
import {
  argumentsOf,
  type Class,
  calleeOf,
  type FunctionNode,
  isCall,
  type Node,
  propertyName,
  textOf,
  walk,
} from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { Route } from './route.ts'

const methods =
  /^(?:Get|Post|Put|Patch|Delete|All|Head|Options|Sse|Query|Mutation|SubscribeMessage|MessagePattern)$/
const controllers = /^(?:Controller|Resolver|WebSocketGateway)$/
const nest = /^@nestjs\/(?:common|graphql|websockets|microservices)$/

interface Decoration {
  readonly name: string
  readonly args: readonly Node[]
}

export function findNestRoutes(evaluator: Evaluator): Route[] {
  const global = globalGuards(evaluator)
  const applied = appliedMiddleware(evaluator)
  return [...evaluator.project.files.values()].flatMap((file) =>
    file.classes.flatMap((each) =>
      routesOf(evaluator, each, global).map((route) =>
        withMiddleware(evaluator, each, route, applied),
      ),
    ),
  )
}

function routesOf(evaluator: Evaluator, owner: Class, global: readonly Node[]): Route[] {
  const own = decorationsOf(evaluator, owner)
  const controller = own.find(({ name }) => controllers.test(name))
  if (controller === undefined) return []
  const [first] = controller.args
  const base = (first && textOf(first)) ?? ''
  return owner.body.body.flatMap((member) => {
    if (member.type !== 'MethodDefinition') return []
    const decorations = decorationsOf(evaluator, member)
    const verb = decorations.find(({ name }) => methods.test(name))
    const isGateway =
      controller.name === 'WebSocketGateway' && propertyName(member) === 'handleConnection'
    if (verb === undefined && !isGateway) return []
    const isOpen = [...own, ...decorations].some(({ name }) => name === 'open')
    const guards = [...own, ...decorations].flatMap(({ name, args }) =>
      name === 'UseGuards' ? args : [],
    )
    const path = verb?.args[0] && textOf(verb.args[0])
    return [
      {
        method: verb?.name.toLowerCase() ?? 'connection',
        path: `/${base}/${path ?? ''}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1'),
        node: member,
        chain: [...(isOpen ? [] : global), ...guards, member.value],
        framework: 'NestJS',
      },
    ]
  })
}

// A decorator of the project's own is what it is made of: `applyDecorators(UseGuards(…))`.
function decorationsOf(evaluator: Evaluator, node: { decorators: readonly Node[] }): Decoration[] {
  return node.decorators.flatMap((each) => {
    if (each.type !== 'Decorator') return []
    const expression = each.expression
    const callee = isCall(expression) ? calleeOf(expression) : expression
    const value = evaluator.evaluate(callee)
    if (value?.kind === 'api') {
      const args = isCall(expression) ? argumentsOf(expression) : []
      if (value.package === '@nestjs/common' && value.path === 'SetMetadata')
        return metadata(evaluator, args, '')
      if (value.path === 'SetMetadata()' && value.origin)
        return metadata(evaluator, argumentsOf(value.origin), '')
      return nest.test(value.package) ? [{ name: value.path, args }] : []
    }
    if (value?.kind !== 'function') return []
    const name = callee.type === 'Identifier' ? callee.name : ''
    return decorationsIn(evaluator, value.node, name)
  })
}

function decorationsIn(evaluator: Evaluator, fn: FunctionNode, own: string): Decoration[] {
  const found: Decoration[] = []
  walk(fn, (node) => {
    if (node.type !== 'CallExpression') return
    const value = evaluator.evaluate(node.callee)
    if (value?.kind !== 'api' || value.package !== '@nestjs/common') return
    if (value.path === 'SetMetadata') found.push(...metadata(evaluator, node.arguments, own))
    else found.push({ name: value.path, args: node.arguments })
  })
  return found
}

// `@Public()` of this project: metadata that a global guard looks for.
function metadata(evaluator: Evaluator, [key]: readonly Node[], own: string): Decoration[] {
  const value = key && evaluator.evaluate(key)
  const text = value?.kind === 'text' ? value.text : ''
  return /public|skip|anonymous|no-?auth|open/i.test(`${text} ${own}`)
    ? [{ name: 'open', args: [] }]
    : []
}

interface Middleware {
  readonly chain: readonly Node[]
  readonly targets: readonly Node[]
}

// `consumer.apply(AuthMiddleware).forRoutes(…)`
function appliedMiddleware(evaluator: Evaluator): Middleware[] {
  return [...evaluator.project.files.values()].flatMap((file) =>
    file.calls.flatMap((call) => {
      const callee = calleeOf(call)
      if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'forRoutes') return []
      let inner: Node = callee.object
      while (isCall(inner) && propertyName(calleeOf(inner)) === 'exclude') {
        const outer: Node = calleeOf(inner)
        inner = outer.type === 'MemberExpression' ? outer.object : outer
      }
      if (!isCall(inner) || propertyName(calleeOf(inner)) !== 'apply') return []
      return [{ chain: argumentsOf(inner), targets: argumentsOf(call) }]
    }),
  )
}

function withMiddleware(
  evaluator: Evaluator,
  owner: Class,
  route: Route,
  applied: readonly Middleware[],
): Route {
  const chain = applied
    .filter(({ targets }) => targets.some((each) => isTarget(evaluator, each, owner, route)))
    .flatMap((each) => each.chain)
  return { ...route, chain: [...chain, ...route.chain] }
}

function isTarget(evaluator: Evaluator, target: Node, owner: Class, route: Route): boolean {
  const value = evaluator.evaluate(target)
  if (value?.kind === 'class') return value.node === owner
  if (value?.kind === 'text') return isBelow(value.text, route.path)
  if (value?.kind !== 'object') return false
  const path = evaluator.member(value, 'path')
  const method = evaluator.member(value, 'method')
  const isMethod =
    method?.kind !== 'api' ||
    /\.ALL$/.test(method.path) ||
    method.path.toLowerCase().endsWith(`.${route.method}`)
  return (
    path?.kind === 'text' &&
    isMethod &&
    (path.text.endsWith('*') ? isBelow(path.text, route.path) : isSame(path.text, route.path))
  )
}

function isBelow(pattern: string, path: string): boolean {
  const prefix = pattern.replace(/^\/|\/?\(?\.?\*.*$/g, '')
  return prefix === '' || `${path}/`.startsWith(`/${prefix}/`)
}

function isSame(pattern: string, path: string): boolean {
  return pattern.replace(/^\//, '') === path.replace(/^\//, '')
}

function globalGuards(evaluator: Evaluator): Node[] {
  const guards: Node[] = []
  for (const file of evaluator.project.files.values()) {
    for (const call of file.calls) {
      if (propertyName(calleeOf(call)) === 'useGlobalGuards') guards.push(...argumentsOf(call))
    }
    for (const each of file.identifiers.get('APP_GUARD') ?? []) {
      const { parent } = each
      if (parent?.type !== 'Property' || propertyName(parent) !== 'provide') continue
      const object = parent.parent
      if (object?.type !== 'ObjectExpression') continue
      for (const property of object.properties) {
        if (property.type === 'Property' && /^use/.test(propertyName(property) ?? ''))
          guards.push(property.value)
      }
    }
  }
  return guards
}
