// Where the result of a call comes from. A call of which nothing is known passes on what it is
// given: that is what `split`, `trim`, `JSON.parse` and most of the rest do.

import { roleOf } from '../libraries/roles.ts'
import { objectAt } from '../scan/read-json.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  isFunction,
  type Node,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import { calledFunction } from '../values/call-sites.ts'
import { type ApiValue, globals } from '../values/value.ts'
import type { Frame } from './origin.ts'
import { requestPart } from './request-places.ts'
import type { Trace } from './tracer.ts'

/** Calls whose result is as secret, or as public, as the text that they are given. */
const encoders =
  /^(?:TextEncoder\(\)\.encode|Buffer\.from|String|Number|parseInt|Object\.freeze|createSecretKey|from|base64url\.decode)$/

export function traceCall(
  trace: Trace,
  call: CallNode,
  path: readonly string[],
  frame: Frame | undefined,
  depth: number,
): void {
  const callee = unwrap(calleeOf(call))
  const value = trace.evaluator.evaluate(callee)
  if (callee.type === 'Identifier' && callee.name === 'require' && value?.kind === 'api') {
    followModule(trace, call, path, depth)
    return
  }
  if (value?.kind === 'api') {
    const role = roleOf(value)
    if (role !== undefined) {
      trace.add({ kind: 'call', role, call, value, path })
      return
    }
    if (readsRequest(trace, value, call, path)) return
    if (value.package === globals && value.path === 'Promise') {
      followPromise(trace, call, path, frame, depth)
      return
    }
  }
  const target = calledFunction(trace.evaluator, call)
  if (target && !target.generator) {
    trace.followReturns(target, path, { fn: target, call, outer: frame }, depth)
    return
  }
  if (followAccessor(trace, call, callee, path, frame, depth)) return
  const passesText = value?.kind === 'api' && encoders.test(value.path)
  const args = argumentsOf(call).filter((each) => !isFunction(unwrap(each)))
  // The encoding is no part of what is encoded.
  if (passesText) for (const each of args.slice(0, 1)) trace.follow(each, path, frame, depth)
  else for (const each of args) trace.followWithoutConstants(each, path, frame, depth)
  if (callee.type === 'MemberExpression') trace.follow(callee.object, path, frame, depth)
}

function followModule(trace: Trace, call: CallNode, path: readonly string[], depth: number): void {
  const [first] = argumentsOf(call)
  const specifier = first && textOf(first)
  if (specifier === undefined) return
  const { project } = trace.evaluator
  const target = trace.evaluator.resolve(specifier, project.fileOf(call).path)
  const file = 'file' in target ? project.files.get(target.file) : undefined
  if (file === undefined) return
  const [name, ...rest] = path
  const named = name === undefined ? undefined : file.exports.named.get(name)
  if (file.exports.whole) trace.follow(file.exports.whole, path, undefined, depth)
  else if (named && 'node' in named) trace.follow(named.node, rest, undefined, depth)
}

// Requests that are not a parameter, and settings that are not `process.env`.
function readsRequest(
  trace: Trace,
  value: ApiValue,
  call: CallNode,
  path: readonly string[],
): boolean {
  const [first, second] = argumentsOf(call)
  const name = (first && textOf(first)) ?? (second && textOf(second)) ?? ''
  if (value.package === 'next/headers') {
    const place = value.path.startsWith('cookies') ? 'cookies' : 'headers'
    const own = value.path.endsWith('.get') ? [name] : []
    const part = requestPart([place, ...own, ...path])
    if (part) trace.add({ kind: 'request', place: part.place, name: part.name, node: call })
    return part !== undefined
  }
  if (value.package === 'hono/cookie') {
    trace.add({ kind: 'request', place: 'cookie', name, node: call })
    return true
  }
  if (isSettings(value) && first) {
    trace.add({ kind: 'environment', name: name === '' ? '?' : name, node: call })
    for (const text of writtenSettings(trace, value, [...name.split('.'), ...path])) {
      trace.add({ kind: 'text', text, node: call })
    }
    if (second) trace.follow(second, path, undefined, 1)
    return true
  }
  return false
}

function isSettings({ package: name, path }: ApiValue): boolean {
  if (name === '@nestjs/config') return /^ConfigService\(\)\.get/.test(path)
  return (name === 'config' || name === 'nconf' || name === 'env-var') && /^get$/.test(path)
}

// `config/default.json` is source as well.
function writtenSettings(trace: Trace, value: ApiValue, path: readonly string[]): string[] {
  if (value.package !== 'config') return []
  const [last = '', ...outer] = path.toReversed()
  return trace.evaluator.project.settings.flatMap((each) => {
    const text = objectAt(each, ...outer.toReversed())[last]
    return typeof text === 'string' ? [text] : []
  })
}

// `new Promise((resolve) => …)`: what it is resolved with.
function followPromise(
  trace: Trace,
  call: CallNode,
  path: readonly string[],
  frame: Frame | undefined,
  depth: number,
): void {
  const [executor] = argumentsOf(call)
  if (!executor || !isFunction(executor)) return
  const [resolve] = executor.params
  const file = trace.evaluator.project.fileOf(call)
  const isResolve = (node: Node): boolean =>
    node.type === 'Identifier' &&
    resolve?.type === 'Identifier' &&
    node.name === resolve.name &&
    trace.evaluator.bindingOf(node)?.identifier === resolve
  for (const each of file.calls) {
    if (each.start < executor.start || each.end > executor.end) continue
    const [first] = argumentsOf(each)
    if (first && isResolve(calleeOf(each))) trace.follow(first, path, frame, depth)
  }
}

// `headers.get('authorization')`, `c.req.query('token')`, `c.get('user')`.
function followAccessor(
  trace: Trace,
  call: CallNode,
  callee: Node,
  path: readonly string[],
  frame: Frame | undefined,
  depth: number,
): boolean {
  if (callee.type !== 'MemberExpression') return false
  const [first] = argumentsOf(call)
  const name = first && textOf(first)
  if (name === undefined) return false
  const read = propertyName(callee)
  const steps =
    read === 'get'
      ? [name]
      : read === 'header'
        ? ['headers', name.toLowerCase()]
        : read === 'query'
          ? ['query', name]
          : read === 'param'
            ? ['params', name]
            : undefined
  if (steps === undefined) return false
  trace.follow(callee.object, [...steps, ...path], frame, depth)
  return true
}
