// Follows a value forwards, to what becomes of it: sent to the client, put into a link, sent to
// somebody else. Members of objects are told apart, so that one token of a pair is not the other.

import { roleOf } from '../libraries/roles.ts'
import { identifiersOf, lookUp, patternPath } from '../scan/declare-bindings.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  enclosingFunction,
  functionName,
  type Node,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import { calledFunction } from '../values/call-sites.ts'
import type { Evaluator } from '../values/evaluator.ts'
import { globals } from '../values/value.ts'
import type { Frame } from './origin.ts'

export type Sink =
  | 'response'
  | 'cookie'
  | 'redirect'
  | 'link'
  | 'mail'
  | 'outgoing'
  | 'query'
  | 'context'

export interface Uses {
  readonly sinks: ReadonlyMap<Sink, Node>
  /** What the value is called on its way, in order. */
  readonly names: readonly string[]
}

const mostSteps = 400
const responses = /^(?:json|send|jsonp|end|write|success|ok|created|emit|render|code|status|reply)$/

export function findUses(evaluator: Evaluator, start: Node, frame: Frame | undefined): Uses {
  const search = new UseSearch(evaluator)
  search.follow(start, [], frame)
  return { sinks: search.sinks, names: search.names }
}

class UseSearch {
  readonly sinks = new Map<Sink, Node>()
  readonly names: string[] = []
  readonly #evaluator: Evaluator
  readonly #seen = new Set<Node>()
  #steps = 0

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator
  }

  follow(node: Node, path: readonly string[], frame: Frame | undefined): void {
    const { parent } = node
    if (!parent || this.#seen.has(node) || this.#steps++ > mostSteps) return
    this.#seen.add(node)
    switch (parent.type) {
      case 'VariableDeclarator':
        if (parent.init === node) this.#followPattern(parent.id, path, frame)
        return
      case 'AssignmentExpression':
        if (parent.right === node) this.#followAssignment(parent.left, path, frame)
        return
      case 'Property': {
        const name = propertyName(parent)
        if (name === undefined || parent.value !== node || !parent.parent) return
        this.names.push(name)
        if (/^authorization$/i.test(name)) this.sinks.set('outgoing', node)
        this.follow(parent.parent, [name, ...path], frame)
        return
      }
      case 'MemberExpression':
        if (parent.object === node) this.#followMember(parent, path, frame)
        return
      case 'TemplateLiteral':
        if (isLink(parent)) this.sinks.set('link', parent)
        this.follow(parent, [], frame)
        return
      case 'CallExpression':
      case 'NewExpression':
        // `bytes.toString('hex')` is still the value.
        if (calleeOf(parent) === node) this.follow(parent, [], frame)
        else this.#followArgument(parent, node, path, frame)
        return
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        this.#followReturn(node, path, frame)
        return
      case 'ExpressionStatement':
      case 'IfStatement':
      case 'UnaryExpression':
        return
      case 'BinaryExpression':
        if (parent.operator !== '+') return
        if (/[?&/=]/.test(textOf(parent.left) ?? '')) this.sinks.set('link', parent)
        this.follow(parent, [], frame)
        return
      default:
        this.follow(parent, path, frame)
    }
  }

  #followPattern(pattern: Node, path: readonly string[], frame: Frame | undefined): void {
    for (const identifier of identifiersOf(pattern)) {
      const { scopes } = this.#evaluator.project.fileOf(identifier)
      const binding = lookUp(scopes, identifier, identifier.name)
      if (binding?.identifier !== identifier) continue
      const taken = patternPath(binding).path
      if (taken.some((each, index) => path[index] !== undefined && path[index] !== each)) continue
      this.names.push(identifier.name)
      this.#followReferences(identifier, path.slice(taken.length), frame)
    }
  }

  #followReferences(
    identifier: Extract<Node, { type: 'Identifier' }>,
    path: readonly string[],
    frame: Frame | undefined,
  ): void {
    const file = this.#evaluator.project.fileOf(identifier)
    for (const each of file.identifiers.get(identifier.name) ?? []) {
      if (each === identifier || each.type !== 'Identifier') continue
      if (isPropertyName(each)) continue
      if (lookUp(file.scopes, each, each.name)?.identifier === identifier)
        this.follow(each, path, frame)
    }
  }

  #followAssignment(left: Node, path: readonly string[], frame: Frame | undefined): void {
    if (left.type === 'MemberExpression') {
      const name = propertyName(left) ?? ''
      this.names.push(name)
      if (name === 'body' || name === 'data') this.sinks.set('response', left)
      else this.sinks.set('context', left)
    } else this.#followPattern(left, path, frame)
    if (left.type === 'Identifier') {
      const binding = this.#evaluator.bindingOf(left)
      if (binding?.identifier.type === 'Identifier') {
        this.names.push(left.name)
        this.#followReferences(binding.identifier, path, frame)
      }
    }
  }

  #followMember(
    member: Extract<Node, { type: 'MemberExpression' }>,
    [first, ...rest]: readonly string[],
    frame: Frame | undefined,
  ): void {
    const name = propertyName(member)
    if (first === undefined || first === name) this.follow(member, rest, frame)
  }

  #followArgument(call: CallNode, node: Node, path: readonly string[], frame: Frame | undefined) {
    const callee = unwrap(calleeOf(call))
    const value = this.#evaluator.evaluate(callee)
    const role = value?.kind === 'api' ? roleOf(value) : undefined
    const name = propertyName(callee) ?? (callee.type === 'Identifier' ? callee.name : '')
    if (role === 'outgoing' || role === 'mail') this.sinks.set(role, call)
    else if (role === 'query') this.sinks.set('query', call)
    else if (/^(?:cookie|setCookie|setSignedCookie|set|setHeader|header|append)$/.test(name)) {
      this.#followSetter(call, node, name)
    } else if (name === 'redirect') this.sinks.set('redirect', call)
    else if (/(?:send|deliver).*mail|mail.*send|sendMail/i.test(name)) this.sinks.set('mail', call)
    const target = calledFunction(this.#evaluator, call)
    const index = argumentsOf(call).indexOf(node)
    const parameter = target?.params[index]
    if (parameter) {
      this.#followPattern(
        parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter,
        path,
        frame,
      )
      return
    }
    if (role !== undefined) return
    if (responses.test(name)) this.sinks.set('response', call)
    else if (name !== 'log') this.follow(call, path, frame)
  }

  #followSetter(call: CallNode, node: Node, name: string): void {
    const texts = argumentsOf(call).map((each) => textOf(each) ?? '')
    const [first = ''] = texts
    // `setCookie(c, name, value)` names it second.
    const label = texts.find((each) => each !== '') ?? first
    if (argumentsOf(call).indexOf(node) === 0 && name !== 'setCookie') return
    this.names.push(label)
    const isHeader = /^(?:setHeader|header|append)$/.test(name) && !/^set-cookie$/i.test(label)
    this.sinks.set(isHeader || /^authorization$/i.test(label) ? 'response' : 'cookie', call)
  }

  // What a function answers that is passed to a framework is the response.
  #isHandlerOf(call: CallNode): boolean {
    const value = this.#evaluator.evaluate(calleeOf(call))
    return value?.kind === 'api' && value.package !== globals && value.package !== 'util'
  }

  #followReturn(node: Node, path: readonly string[], frame: Frame | undefined): void {
    const fn = enclosingFunction(node)
    if (fn === undefined) return
    this.names.push(functionName(fn))
    if (frame && frame.fn === fn) {
      this.follow(frame.call, path, frame.outer)
      return
    }
    const callers = this.#evaluator.callSites.callers.get(fn) ?? []
    for (const call of callers) this.follow(call, path, undefined)
    // A handler of NestJS or Next answers with what it returns.
    if (callers.length > 0) return
    if (fn.parent?.type === 'CallExpression' && !this.#isHandlerOf(fn.parent)) {
      this.follow(fn, path, undefined)
    } else this.sinks.set('response', node)
  }
}

function isPropertyName(node: Node): boolean {
  const { parent } = node
  if (parent?.type === 'MemberExpression') return !parent.computed && parent.property === node
  return parent?.type === 'Property' && parent.key === node && !parent.shorthand
}

// A template that ends in a token after `?token=` or a path is an address to click on.
function isLink(template: Extract<Node, { type: 'TemplateLiteral' }>): boolean {
  return template.quasis.some(({ value }) => /[?&#][\w-]+=$|https?:|\/$/.test(value.raw))
}
