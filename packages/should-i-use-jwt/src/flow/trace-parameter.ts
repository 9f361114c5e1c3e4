// Where a parameter's value comes from: the call at hand, all callers, the framework that calls
// the function with a request, the library that calls it back.

import { roleOf } from '../libraries/roles.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  type FunctionNode,
  identifierName,
  isFunction,
  type Node,
  parameterPattern,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import type { Frame } from './origin.ts'
import { requestPart, withoutPassages } from './request-places.ts'
import type { Trace } from './tracer.ts'

const mostCallers = 12

export function traceParameter(
  trace: Trace,
  fn: FunctionNode,
  index: number,
  path: readonly string[],
  frame: Frame | undefined,
  depth: number,
): void {
  const parameter = fn.params[index]
  if (parameter === undefined) return
  const pattern = parameterPattern(parameter)
  if (pattern.type === 'AssignmentPattern') trace.follow(pattern.right, path, frame, depth)
  for (let each = frame; each; each = each.outer) {
    if (each.fn !== fn) continue
    const argument = argumentsOf(each.call)[index]
    if (argument) trace.follow(argument, path, each.outer, depth)
    return
  }
  if (trace.tracer.identityParameters.get(fn) === index) {
    trace.add({ kind: 'identity', path, node: pattern })
    return
  }
  if (traceDecorator(trace, parameter, path, depth)) return
  const [first, second] = parameterName(fn, index) === 'env' ? ['env', ...path] : path
  if (first === 'env' && second !== undefined) {
    // The bindings of a Worker.
    trace.add({ kind: 'environment', name: second, node: pattern })
    return
  }
  const part = requestPart(path)
  if (part?.isCertain) {
    addRequestPart(trace, part, pattern, depth)
    return
  }
  const callers = trace.evaluator.callSites.callers.get(fn) ?? []
  for (const call of callers.slice(0, mostCallers)) {
    const argument = argumentsOf(call)[index]
    if (argument) trace.follow(argument, path, undefined, depth)
  }
  if (traceCallback(trace, fn, index, path, depth) || callers.length > 0) return
  if (part) addRequestPart(trace, part, pattern, depth)
  else if (!traceContext(trace, path, pattern, depth)) trace.add({ kind: 'unknown', node: pattern })
}

function addRequestPart(
  trace: Trace,
  part: NonNullable<ReturnType<typeof requestPart>>,
  node: Node,
  depth: number,
): void {
  // A header that middleware sets is not the client's.
  const inner = part.place === 'header' ? trace.context.get(part.name) : undefined
  for (const each of inner ?? []) trace.follow(each, [], undefined, depth)
  if (!inner) trace.add({ kind: 'request', place: part.place, name: part.name, node })
}

/** What middleware has left on the request under the name that is read here. */
export function traceContext(
  trace: Trace,
  path: readonly string[],
  node: Node,
  depth: number,
): boolean {
  const [name = '', ...rest] = withoutPassages(path)
  const values = trace.context.get(name) ?? []
  for (const each of values) trace.follow(each, rest, undefined, depth)
  if (values.length > 0) return true
  if (!trace.tracer.identityNames.has(name)) return false
  trace.add({ kind: 'identity', path: rest, node })
  return true
}

// `(error, result)` of a call, `.then(result)`, `.map(element)`.
function traceCallback(
  trace: Trace,
  fn: FunctionNode,
  index: number,
  path: readonly string[],
  depth: number,
): boolean {
  let isKnown = false
  for (const call of trace.evaluator.callSites.passedTo.get(fn) ?? []) {
    const callee = unwrap(calleeOf(call))
    const value = trace.evaluator.evaluate(callee)
    const role = value?.kind === 'api' ? roleOf(value) : undefined
    if (value?.kind === 'api' && role !== undefined && role !== 'guard') {
      const isError = index === 0 && fn.params.length > 1 && call.type !== 'NewExpression'
      if (!isError) trace.add({ kind: 'call', role, call, value, path })
      isKnown = true
    } else if (callee.type === 'MemberExpression' && passesReceiver(callee, call, fn)) {
      if (index === 0) trace.follow(callee.object, path, undefined, depth)
      isKnown = true
    }
  }
  return isKnown
}

function passesReceiver(callee: Node, call: CallNode, fn: FunctionNode): boolean {
  const name = propertyName(callee) ?? ''
  if (!/^(?:then|map|filter|find|some|every|forEach|flatMap|reduce|tap|pipe)$/.test(name))
    return false
  return argumentsOf(call).some((each) => unwrap(each) === fn) || name === 'then'
}

const requestDecorators: Readonly<Record<string, string>> = {
  Headers: 'headers',
  Query: 'query',
  Param: 'params',
  Body: 'body',
  Req: 'req',
  Request: 'req',
  Cookies: 'cookies',
}

// `@Headers('authorization') header`, `@CurrentUser() user`.
function traceDecorator(
  trace: Trace,
  parameter: Node,
  path: readonly string[],
  depth: number,
): boolean {
  const decorators = 'decorators' in parameter ? (parameter.decorators ?? []) : []
  const inner = parameterPattern(parameter)
  const own = inner !== parameter && 'decorators' in inner ? (inner.decorators ?? []) : []
  for (const { expression } of [...decorators, ...own]) {
    if (expression.type !== 'CallExpression') continue
    const value = trace.evaluator.evaluate(expression.callee)
    const [first] = expression.arguments
    if (value?.kind === 'api' && value.package === '@nestjs/common') {
      const part = requestDecorators[value.path]
      if (part === undefined) return false
      const name = first && textOf(first)
      const full = [part, ...(name === undefined ? [] : [name.toLowerCase()]), ...path]
      const found = requestPart(full)
      if (found) addRequestPart(trace, found, parameter, depth)
      else traceContext(trace, full, parameter, depth)
      return true
    }
    if (value?.kind === 'api' && value.origin && value.path === 'createParamDecorator()') {
      const [factory] = argumentsOf(value.origin)
      const name = first && textOf(first)
      const full = name === undefined ? path : [name, ...path]
      if (factory && isFunction(factory)) trace.followReturns(factory, full, undefined, depth)
      return true
    }
  }
  return false
}

function parameterName(fn: FunctionNode, index: number): string | undefined {
  const parameter = fn.params[index]
  return parameter && identifierName(parameterPattern(parameter))
}
