// Strategies of Passport: settings in one place, the check in another, both by a name.
import type { Origin } from '../flow/origin.ts'
import { requestPart } from '../flow/request-places.ts'
import type { Tracer } from '../flow/tracer.ts'
import { jwtLibraries } from '../libraries/jwt-libraries.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  enclosingClass,
  type FunctionNode,
  isFunction,
  type Node,
  returnsOf,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import { findOption } from './settings.ts'
import { readTokenCall, type TokenCall } from './token-calls.ts'

export interface Strategy {
  /** Under which `passport.authenticate` and `AuthGuard` know it. */
  readonly name: string
  readonly token: TokenCall
  /** What runs once the token is verified. */
  readonly functions: readonly FunctionNode[]
}

export function findStrategies(tracer: Tracer): Strategy[] {
  const found: Strategy[] = []
  for (const file of tracer.evaluator.project.files.values()) {
    for (const call of file.calls) {
      const strategy = readStrategy(tracer, call)
      if (strategy) found.push(strategy)
    }
  }
  for (const { functions } of found) for (const each of functions) rememberUser(tracer, each)
  tracer.forget()
  return found
}

function readStrategy(tracer: Tracer, call: CallNode): Strategy | undefined {
  const { evaluator } = tracer
  const library = jwtLibraries.find(({ name }) => name === 'passport-jwt')
  const model = library?.calls[0]
  if (library === undefined || model === undefined) return undefined
  const callee = calleeOf(call)
  const isNest = callee.type === 'Super'
  const name = isNest ? nestStrategyName(tracer, call) : plainStrategyName(tracer, call)
  if (name === undefined) return undefined
  const [options, last] = argumentsOf(call)
  const own = readTokenCall(tracer, library, model, call, undefined)
  const token = {
    ...own,
    role: 'guard' as const,
    token: options ? tokenPlaces(tracer, options) : [],
  }
  if (isNest) {
    const owner = enclosingClass(call)
    const validate = owner && evaluator.member({ kind: 'instance', node: owner }, 'validate')
    return { name, token, functions: validate?.kind === 'function' ? [validate.node] : [] }
  }
  const check = last && evaluator.evaluate(last)
  return { name, token, functions: check?.kind === 'function' ? [check.node] : [] }
}

function plainStrategyName({ evaluator }: Tracer, call: CallNode): string | undefined {
  if (call.type !== 'NewExpression') return undefined
  const value = evaluator.evaluate(call.callee)
  if (value?.kind !== 'api' || value.package !== 'passport-jwt') return undefined
  // `passport.use('name', new Strategy(…))`
  const { parent } = call
  const [first] = parent?.type === 'CallExpression' ? argumentsOf(parent) : []
  return (first && textOf(first)) ?? 'jwt'
}

function nestStrategyName({ evaluator }: Tracer, call: CallNode): string | undefined {
  const superClass = enclosingClass(call)?.superClass
  const value = superClass && evaluator.evaluate(superClass)
  if (value?.kind !== 'api' || value.package !== '@nestjs/passport' || !value.origin)
    return undefined
  const [base, name] = argumentsOf(value.origin)
  const strategy = base && evaluator.evaluate(base)
  if (strategy?.kind !== 'api' || strategy.package !== 'passport-jwt') return undefined
  const named = name && evaluator.evaluate(name)
  return named?.kind === 'text' ? named.text : 'jwt'
}

// Where `jwtFromRequest` looks.
function tokenPlaces(tracer: Tracer, options: Node): Origin[] {
  const setting = findOption(tracer.evaluator, options, 'jwtFromRequest')
  return setting.state === 'set' ? placesIn(tracer, setting.node) : []
}

function placesIn(tracer: Tracer, start: Node): Origin[] {
  const { evaluator } = tracer
  const node = unwrap(start)
  if (node.type === 'ArrayExpression') {
    return node.elements.flatMap((each) => (each ? placesIn(tracer, each) : []))
  }
  const value = evaluator.evaluate(node)
  if (value?.kind === 'function') {
    return returnsOf(value.node).flatMap((each) => tracer.trace(each))
  }
  if (value?.kind !== 'api' || value.package !== 'passport-jwt' || !value.origin) return []
  const [first] = argumentsOf(value.origin)
  const name = (first && textOf(first)) ?? ''
  if (/fromExtractors\(\)$/.test(value.path)) return first ? placesIn(tracer, first) : []
  const place = /fromAuthHeader/.test(value.path)
    ? ['headers', 'authorization']
    : /fromHeader/.test(value.path)
      ? ['headers', name]
      : /fromUrlQueryParameter/.test(value.path)
        ? ['query', name]
        : ['body', name]
  const part = requestPart(place)
  return part ? [{ kind: 'request', place: part.place, name: part.name, node }] : []
}

// What the check calls `done` with, or returns, is `req.user` from then on.
function rememberUser(tracer: Tracer, fn: FunctionNode): void {
  const { evaluator } = tracer
  const isMethod = fn.parent?.type === 'MethodDefinition'
  const last = fn.params.at(-1)
  // `(request, payload, done)` with `passReqToCallback`.
  tracer.identityParameters.set(fn, Math.max(0, fn.params.length - (isMethod ? 1 : 2)))
  const users = tracer.context.get('user') ?? []
  if (isMethod) users.push(...returnsOf(fn))
  for (const call of evaluator.project.fileOf(fn).calls) {
    if (call.start < fn.start || call.end > fn.end || last?.type !== 'Identifier') continue
    const callee = calleeOf(call)
    if (callee.type !== 'Identifier' || evaluator.bindingOf(callee)?.identifier !== last) continue
    const [, user] = argumentsOf(call)
    if (user && !isFunction(user)) users.push(user)
  }
  tracer.context.set('user', users)
}
