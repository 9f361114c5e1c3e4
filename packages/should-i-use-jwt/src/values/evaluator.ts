// What an expression stands for: names are followed through scopes, imports, classes, object
// literals and calls. A name by itself means nothing; what cannot be followed is `undefined`.
import { type Binding, lookUp, parameterIndex, patternPath } from '../scan/declare-bindings.ts'
import type { Project } from '../scan/project.ts'
import { createResolver, type Resolved } from '../scan/resolve-module.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  enclosingClass,
  type FunctionNode,
  isClass,
  isFunction,
  type Node,
  propertyName,
  returnsOf,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import { type CallSites, findCallSites } from './call-sites.ts'
import { memberOfClass } from './class-members.ts'
import { evaluateType } from './evaluate-type.ts'
import { exportOf, importedValue } from './module-exports.ts'
import { evaluateParameter } from './parameters.ts'
import { api, apiMember, apiResult, globals, type Value } from './value.ts'

// `{ ...defaults }` may spread what it is assigned to.
const deepestMember = 60

const mostRounds = 4

export class Evaluator {
  readonly project: Project
  readonly resolve: (specifier: string, from: string) => Resolved
  callSites: CallSites = {
    callers: new Map(),
    passedTo: new Map(),
    decorations: new Map(),
  }
  readonly #known = new Map<Node, Value | undefined>()
  readonly #open = new Set<Node>()
  #depth = 0

  constructor(project: Project) {
    this.project = project
    this.resolve = createResolver(project)
    // Parameters are known by the calls, and calls by what they are called on, which may be a
    // parameter: each round sees one level more.
    for (let round = 0; round < mostRounds; round++) {
      const before = this.callSites.callers.size + this.callSites.passedTo.size
      this.callSites = findCallSites(this)
      this.#known.clear()
      if (this.callSites.callers.size + this.callSites.passedTo.size === before) break
    }
  }

  evaluate(node: Node): Value | undefined {
    const inner = unwrap(node)
    if (this.#known.has(inner)) return this.#known.get(inner)
    if (this.#open.has(inner)) return undefined
    this.#open.add(inner)
    const value = this.#evaluate(inner)
    this.#open.delete(inner)
    this.#known.set(inner, value)
    return value
  }

  #evaluate(node: Node): Value | undefined {
    if (isFunction(node)) return { kind: 'function', node }
    if (isClass(node)) return { kind: 'class', node }
    switch (node.type) {
      case 'Identifier':
        return this.#evaluateName(node, node.name)
      case 'ThisExpression':
        return this.#evaluateThis(node)
      case 'Super': {
        const superClass = enclosingClass(node)?.superClass
        return superClass ? this.instanceOf(this.evaluate(superClass)) : undefined
      }
      case 'MemberExpression': {
        const name = propertyName(node)
        const object = this.evaluate(node.object)
        return object && name !== undefined ? this.member(object, name) : undefined
      }
      case 'CallExpression':
      case 'NewExpression':
        return this.#evaluateCall(node)
      case 'ImportExpression':
        return this.#evaluateImport(node.source)
      case 'ObjectExpression':
        return { kind: 'object', node }
      case 'ArrayExpression':
        return { kind: 'array', node }
      case 'AssignmentExpression':
        return this.evaluate(node.right)
      case 'SequenceExpression':
        return this.#first(node.expressions.slice(-1))
      case 'ConditionalExpression':
        return this.#first([node.consequent, node.alternate])
      case 'LogicalExpression':
        return this.#first(node.operator === '&&' ? [node.right] : [node.left, node.right])
      default: {
        const text = textOf(node)
        return text === undefined ? undefined : { kind: 'text', text }
      }
    }
  }

  // `globalThis.prisma ?? new PrismaClient()` is the client.
  #first(nodes: readonly Node[]): Value | undefined {
    const values = nodes.map((each) => this.evaluate(each)).filter((each) => each !== undefined)
    return values.find((each) => each.kind !== 'api' || each.package !== globals) ?? values[0]
  }

  bindingOf(node: Node): Binding | undefined {
    if (node.type !== 'Identifier') return undefined
    return lookUp(this.project.fileOf(node).scopes, node, node.name)
  }

  #evaluateName(node: Node, name: string): Value | undefined {
    const binding = this.bindingOf(node)
    if (binding === undefined) return name === 'undefined' ? undefined : api(globals, name)
    return this.evaluateBinding(binding)
  }

  evaluateBinding(binding: Binding): Value | undefined {
    const { declaration, identifier, kind } = binding
    if (kind === 'import') return importedValue(this, binding)
    if (isFunction(declaration) && kind === 'parameter') {
      const index = parameterIndex(declaration, binding)
      const { path } = patternPath(binding)
      return this.#along(evaluateParameter(this, declaration, index, path), path)
    }
    if (isFunction(declaration)) return { kind: 'function', node: declaration }
    if (isClass(declaration)) return { kind: 'class', node: declaration }
    if (declaration.type !== 'VariableDeclarator') return undefined
    const { path, defaults } = patternPath(binding)
    const initial = declaration.init
      ? this.#along(this.evaluate(declaration.init), path)
      : undefined
    if (initial && !(initial.kind === 'api' && initial.package === globals)) return initial
    const annotation = identifier.type === 'Identifier' ? identifier.typeAnnotation : undefined
    return (
      (annotation && evaluateType(this, annotation.typeAnnotation)) ??
      this.#first([...defaults, ...this.assignedTo(binding)]) ??
      initial
    )
  }

  /** What is assigned to a variable after its declaration. */
  assignedTo(binding: Binding): Node[] {
    const { assignments } = this.project.fileOf(binding.identifier)
    return assignments.flatMap((each) =>
      each.type === 'AssignmentExpression' &&
      each.left.type === 'Identifier' &&
      each.left.name === binding.name &&
      this.bindingOf(each.left) === binding
        ? [each.right]
        : [],
    )
  }

  #along(value: Value | undefined, path: readonly string[]): Value | undefined {
    let each = value
    for (const name of path) each = each && this.member(each, name)
    return each
  }

  #evaluateThis(node: Node): Value | undefined {
    for (let each = node.parent; each; each = each.parent) {
      if (isClass(each)) return { kind: 'instance', node: each }
      if (each.type === 'MethodDefinition' && each.static) {
        const owner = enclosingClass(each)
        return owner && { kind: 'class', node: owner }
      }
      // An arrow function has the `this` around it, and a method that of its object.
      if (each.type === 'FunctionExpression' && each.parent?.type === 'Property') {
        const object = each.parent.parent
        if (object?.type === 'ObjectExpression') return { kind: 'object', node: object }
      }
    }
    return undefined
  }

  #evaluateImport(source: Node | undefined): Value | undefined {
    const specifier = source && textOf(source)
    if (specifier === undefined || !source) return undefined
    return this.moduleValue(specifier, this.project.fileOf(source).path)
  }

  /** The module itself: its namespace, or what CommonJS exports as a whole. */
  moduleValue(specifier: string, from: string): Value | undefined {
    const resolved = this.resolve(specifier, from)
    if ('package' in resolved) return api(resolved.package, '')
    if ('missing' in resolved) return { kind: 'missing', specifier }
    const whole = this.project.files.get(resolved.file)?.exports.whole
    return whole ? this.evaluate(whole) : { kind: 'module', path: resolved.file }
  }

  #evaluateCall(call: CallNode): Value | undefined {
    const callee = unwrap(calleeOf(call))
    const [first] = argumentsOf(call)
    if (callee.type === 'Identifier' && callee.name === 'require' && !this.bindingOf(callee)) {
      return this.#evaluateImport(first)
    }
    const value = this.evaluate(callee)
    if (callee.type === 'MemberExpression' && propertyName(callee) === 'bind') {
      const bound = this.evaluate(callee.object)
      if (bound?.kind === 'function' || bound?.kind === 'api') return bound
    }
    if (value === undefined) return undefined
    if (call.type === 'NewExpression') return this.instanceOf(value, call)
    return this.resultOf(value, call)
  }

  instanceOf(value: Value | undefined, call?: CallNode): Value | undefined {
    if (value?.kind === 'class') return { kind: 'instance', node: value.node }
    if (value?.kind === 'api') {
      return call ? apiResult(value, call) : api(value.package, `${value.path}()`)
    }
    return value?.kind === 'missing' ? value : undefined
  }

  /** What calling a value gives. */
  resultOf(value: Value, call: CallNode): Value | undefined {
    if (value.kind === 'api') {
      const [first] = argumentsOf(call)
      if (first && isInjector(value.package, value.path)) {
        const injected = this.evaluate(first)
        if (injected?.kind === 'class') return this.instanceOf(injected)
      }
      return first && isTransparent(value.package, value.path)
        ? this.evaluate(first)
        : apiResult(value, call)
    }
    if (value.kind === 'function') return this.returnedBy(value.node)
    return value.kind === 'missing' ? value : undefined
  }

  returnedBy(fn: FunctionNode): Value | undefined {
    const returned = this.#first(returnsOf(fn))
    return (
      returned ?? (fn.returnType ? evaluateType(this, fn.returnType.typeAnnotation) : undefined)
    )
  }

  member(value: Value, name: string): Value | undefined {
    if (this.#depth > deepestMember) return undefined
    this.#depth++
    try {
      return this.#member(value, name)
    } finally {
      this.#depth--
    }
  }

  #member(value: Value, name: string): Value | undefined {
    switch (value.kind) {
      case 'api': {
        const isDecorated =
          value.package === 'fastify' ||
          (value.package === '@trpc/server' && value.path.endsWith('.ctx'))
        const own = isDecorated ? this.callSites.decorations.get(name) : undefined
        return (own && this.evaluate(own)) ?? apiMember(value, name)
      }
      case 'module':
        return exportOf(this, value.path, name)
      case 'object':
        return (
          this.#memberOfObject(value.node, name) ??
          this.#assignedMember(value.node, name) ??
          this.#collectedModel(value.node, name)
        )
      case 'class':
      case 'instance':
        return memberOfClass(this, value, name) ?? this.#assignedMember(value.node, name)
      case 'function':
        return name === 'default' ? value : this.#assignedMember(value.node, name)
      case 'array': {
        const element = value.node.elements[Number(name)]
        return element ? this.evaluate(element) : undefined
      }
      case 'missing':
        return value
      default:
        return undefined
    }
  }

  #memberOfObject(
    object: Extract<Node, { type: 'ObjectExpression' }>,
    name: string,
  ): Value | undefined {
    for (const each of object.properties.toReversed()) {
      if (each.type === 'SpreadElement') {
        const spread = this.evaluate(each.argument)
        const value = spread && spread.kind !== 'api' ? this.member(spread, name) : undefined
        if (value) return value
      } else if (propertyName(each) === name) {
        return each.kind === 'get' && isFunction(each.value)
          ? this.returnedBy(each.value)
          : this.evaluate(each.value)
      }
    }
    return undefined
  }

  // `models[model.name] = model`, as the command line of Sequelize writes it: which models there are
  // is only known by their use.
  #collectedModel(node: Node, name: string): Value | undefined {
    const file = this.project.fileOf(node)
    if (!/^[A-Z]/.test(name) || !file.text.includes('equelize')) return undefined
    const isCollection = file.assignments.some((each) => {
      if (each.type !== 'AssignmentExpression' || each.left.type !== 'MemberExpression')
        return false
      const { left } = each
      if (!left.computed || propertyName(left) !== undefined) return false
      const object = this.evaluate(left.object)
      return object?.kind === 'object' && object.node === node
    })
    return isCollection ? api('sequelize', 'Model') : undefined
  }

  // `controller.getUser = …`, after the object, function or class was declared.
  #assignedMember(node: Node, name: string): Value | undefined {
    for (const each of this.project.fileOf(node).assignments) {
      if (each.type !== 'AssignmentExpression' || each.left.type !== 'MemberExpression') continue
      if (propertyName(each.left) !== name) continue
      const object = this.evaluate(each.left.object)
      if (object && 'node' in object && object.node === node) return this.evaluate(each.right)
    }
    return undefined
  }
}

// `container.resolve(UsersRepository)` is what would have been injected.
function isInjector(packageName: string, path: string): boolean {
  return (
    /^(?:tsyringe|typedi|inversify|@nestjs\/core)$/.test(packageName) &&
    /\.(?:resolve|get)$/.test(path)
  )
}

// Functions of libraries whose result is, to us, what they are given.
function isTransparent(packageName: string, path: string): boolean {
  if (packageName === globals) return /^Object\.(?:freeze|seal)$/.test(path)
  if (packageName === 'util') return path === 'promisify' || path === 'callbackify'
  return packageName === 'fastify-plugin' || (packageName === 'react' && path === 'cache')
}
