// Follows a value backwards to its origins: through variables, parameters, calls and what
// middleware leaves on the request. It over-approximates: what may flow, flows.
import { type Binding, parameterIndex, patternPath } from '../scan/declare-bindings.ts'
import {
  type FunctionNode,
  isFunction,
  type Node,
  propertyName,
  returnsOf,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import { importedNode } from '../values/imported-node.ts'
import { constantNumber } from './constant-number.ts'
import { type ContextValues, findContextValues } from './context-values.ts'
import type { Frame, Origin } from './origin.ts'
import { traceCall } from './trace-call.ts'
import { traceParameter } from './trace-parameter.ts'
import { traceThis } from './trace-this.ts'

/** How deep a value is followed; a chain that is longer is circular or not worth its time. */
const deepest = 48

/** How many steps one question may take. */
const mostSteps = 6000

export class Tracer {
  readonly evaluator: Evaluator
  readonly context: Map<string, Node[]>
  /** Parameters that a library fills with who was verified: `validate(payload)`. */
  readonly identityParameters = new Map<FunctionNode, number>()
  /** Names under which libraries keep who was verified. */
  readonly identityNames = new Set(['user', 'auth', 'jwtPayload', 'jwt'])
  readonly #known = new Map<Node, readonly Origin[]>()

  constructor(evaluator: Evaluator) {
    this.evaluator = evaluator
    this.context = findContextValues(evaluator)
  }

  /** Forgets what was found, after the context or the identity parameters have changed. */
  forget(): void {
    this.#known.clear()
  }

  trace(node: Node, frame?: Frame): readonly Origin[] {
    if (frame !== undefined) return new Trace(this).follow(node, [], frame, 0).origins()
    const known = this.#known.get(node) ?? new Trace(this).follow(node, [], undefined, 0).origins()
    this.#known.set(node, known)
    return known
  }
}

export class Trace {
  readonly tracer: Tracer
  readonly evaluator: Evaluator
  readonly #origins = new Map<string, Origin>()
  readonly #seen = new Map<Node, Set<string>>()
  #steps = 0

  constructor(tracer: Tracer) {
    this.tracer = tracer
    this.evaluator = tracer.evaluator
  }

  get context(): ContextValues {
    return this.tracer.context
  }

  origins(): Origin[] {
    return [...this.#origins.values()]
  }

  add(origin: Origin): void {
    const { path } = this.evaluator.project.fileOf('call' in origin ? origin.call : origin.node)
    const at = 'call' in origin ? origin.call.start : origin.node.start
    const part = origin.kind === 'request' ? `${origin.place} ${origin.name}` : ''
    const detail = 'path' in origin ? origin.path.join('.') : part
    this.#origins.set(`${path}:${at}:${origin.kind}:${detail}`, origin)
  }

  follow(start: Node, path: readonly string[], frame: Frame | undefined, depth: number): this {
    const node = unwrap(start)
    if (depth > deepest || this.#steps++ > mostSteps || path.length > 12) return this
    const key = `${path.join('.')}@${frame?.call.start ?? ''}`
    const seen = this.#seen.get(node) ?? new Set()
    if (seen.has(key)) return this
    this.#seen.set(node, seen.add(key))
    const next = depth + 1
    const number = constantNumber(node)
    if (number !== undefined) {
      this.add({ kind: 'number', number, node })
      return this
    }
    const text = textOf(node)
    if (text !== undefined) {
      this.add({ kind: 'text', text, node })
      return this
    }
    switch (node.type) {
      case 'Identifier':
        this.#followName(node, path, frame, next)
        break
      case 'MemberExpression':
        this.follow(node.object, [this.#memberName(node, frame), ...path], frame, next)
        break
      case 'CallExpression':
      case 'NewExpression':
      case 'TaggedTemplateExpression':
        traceCall(this, node, path, frame, next)
        break
      case 'ThisExpression':
        traceThis(this, node, path, next)
        break
      case 'ObjectExpression':
        this.#followObject(node, path, frame, next)
        break
      case 'ArrayExpression': {
        const element = path[0] === undefined ? undefined : node.elements[Number(path[0])]
        for (const each of element ? [element] : node.elements) {
          if (each) this.follow(each, element ? path.slice(1) : [], frame, next)
        }
        break
      }
      case 'MetaProperty':
        if (path[0] === 'env') this.#addEnvironment(path.slice(1), node)
        break
      default:
        for (const each of operandsOf(node)) this.follow(each, path, frame, next)
    }
    return this
  }

  /** For what is given to a call: the text in `config.get('x')` or `split(' ')` does not come out. */
  followWithoutConstants(
    node: Node,
    path: readonly string[],
    frame: Frame | undefined,
    depth: number,
  ): void {
    const inner = new Trace(this.tracer)
    inner.#steps = this.#steps
    for (const each of inner.follow(node, path, frame, depth).origins()) {
      if (each.kind !== 'text' && each.kind !== 'number') this.add(each)
    }
    this.#steps = inner.#steps
  }

  // `process.env[name]`, where the name is known.
  #memberName(node: Extract<Node, { type: 'MemberExpression' }>, frame: Frame | undefined): string {
    const name = propertyName(node)
    if (name !== undefined || !node.computed) return name ?? '*'
    const texts = this.tracer.trace(node.property, frame).filter(({ kind }) => kind === 'text')
    const [only] = texts
    return texts.length === 1 && only?.kind === 'text' ? only.text : '*'
  }

  #followObject(
    node: Extract<Node, { type: 'ObjectExpression' }>,
    path: readonly string[],
    frame: Frame | undefined,
    depth: number,
  ): void {
    const [name, ...rest] = path
    for (const each of node.properties) {
      if (each.type === 'SpreadElement') this.follow(each.argument, path, frame, depth)
      else if (name === undefined || name === '*') this.follow(each.value, [], frame, depth)
      else if (propertyName(each) === name) {
        const { value } = each
        if (each.kind === 'get' && isFunction(value)) this.followReturns(value, rest, frame, depth)
        else this.follow(value, rest, frame, depth)
      }
    }
  }

  followReturns(
    fn: FunctionNode,
    path: readonly string[],
    frame: Frame | undefined,
    depth: number,
  ) {
    for (const each of returnsOf(fn)) this.follow(each, path, frame, depth)
  }

  #followName(
    node: Extract<Node, { type: 'Identifier' }>,
    path: readonly string[],
    frame: Frame | undefined,
    depth: number,
  ): void {
    const binding = this.evaluator.bindingOf(node)
    if (binding === undefined) {
      if (isEnvironment(node.name) && path[0] === 'env') {
        this.#addEnvironment(path[1] === 'get' ? path.slice(2) : path.slice(1), node)
      }
      return
    }
    this.followBinding(binding, path, frame, depth)
  }

  followBinding(
    binding: Binding,
    path: readonly string[],
    frame: Frame | undefined,
    depth: number,
  ): void {
    const { declaration, kind } = binding
    if (kind === 'import') {
      const target = importedNode(this.evaluator, binding, path)
      if (target) this.follow(target.node, target.path, undefined, depth)
      return
    }
    const pattern = patternPath(binding)
    const inner = [...pattern.path, ...path]
    for (const each of pattern.defaults) this.follow(each, path, frame, depth)
    if (kind === 'parameter' && isFunction(declaration)) {
      const index = parameterIndex(declaration, binding)
      traceParameter(this, declaration, index, inner, frame, depth)
    } else if (declaration.type === 'VariableDeclarator') {
      if (declaration.init) this.follow(declaration.init, inner, frame, depth)
      const loop = declaration.parent?.parent
      if (loop?.type === 'ForOfStatement') this.follow(loop.right, ['*', ...inner], frame, depth)
    }
    for (const each of this.evaluator.assignedTo(binding)) this.follow(each, path, frame, depth)
  }

  #addEnvironment(path: readonly string[], node: Node): void {
    // `schema.validate(process.env).value.KEY`
    const name = path.find((each) => /^[A-Z][A-Z0-9_]*$/.test(each)) ?? path[0]
    if (name !== undefined) this.add({ kind: 'environment', name, node })
  }
}

function isEnvironment(name: string): boolean {
  return name === 'process' || name === 'Bun' || name === 'Deno'
}

// What an operator's result is made of. A comparison gives a truth value, and nothing of it flows.
function operandsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'LogicalExpression':
      return [node.left, node.right]
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right] : []
    case 'ConditionalExpression':
      return [node.consequent, node.alternate]
    case 'TemplateLiteral':
      return node.expressions
    case 'AssignmentExpression':
      return [node.right]
    case 'SequenceExpression':
      return node.expressions.slice(-1)
    case 'SpreadElement':
    case 'YieldExpression':
      return node.argument ? [node.argument] : []
    default:
      return []
  }
}
