// Which scope declares which name. A name is looked up from where it is used, outwards, as the
// language does; a name that nobody declares is a global.
import type { Program } from 'oxc-parser'
import { childrenOf, type FunctionNode, isFunction, type Node, parameterPattern } from './syntax.ts'

export interface Binding {
  readonly name: string
  readonly kind: 'import' | 'parameter' | 'variable' | 'function' | 'class' | 'type'
  /** The identifier that declares it. */
  readonly identifier: Node
  /** The declaration itself: a declarator, a function, a class, an import specifier. */
  readonly declaration: Node
}

export type Scopes = ReadonlyMap<Node, ReadonlyMap<string, Binding>>

export function declareBindings(program: Program): Scopes {
  const scopes = new Map<Node, Map<string, Binding>>()
  const declare = (scope: Node, binding: Binding): void => {
    const names = scopes.get(scope) ?? new Map<string, Binding>()
    // A value hides a type of the same name: only values flow.
    if (binding.kind !== 'type' || !names.has(binding.name)) names.set(binding.name, binding)
    scopes.set(scope, names)
  }
  const declarePattern = (scope: Node, pattern: Node, kind: Binding['kind'], declaration: Node) => {
    for (const identifier of identifiersOf(pattern)) {
      declare(scope, { name: identifier.name, kind, identifier, declaration })
    }
  }
  const visit = (node: Node, block: Node, top: Node): void => {
    if (node.type === 'VariableDeclaration') {
      const scope = node.kind === 'var' ? top : block
      for (const each of node.declarations) declarePattern(scope, each.id, 'variable', each)
    } else if (node.type === 'ImportDeclaration') {
      for (const each of node.specifiers) declarePattern(program, each.local, 'import', each)
    } else if (node.type === 'ClassDeclaration' && node.id) {
      declarePattern(block, node.id, 'class', node)
    } else if (
      (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration') &&
      node.id.type === 'Identifier'
    ) {
      declarePattern(block, node.id, 'type', node)
    } else if (node.type === 'TSImportEqualsDeclaration') {
      declarePattern(program, node.id, 'import', node)
    } else if (node.type === 'CatchClause' && node.param) {
      declarePattern(node, node.param, 'variable', node)
    }
    if (isFunction(node)) {
      if (node.type === 'FunctionDeclaration' && node.id) {
        declarePattern(block, node.id, 'function', node)
      } else if (node.type === 'FunctionExpression' && node.id) {
        declarePattern(node, node.id, 'function', node)
      }
      for (const each of node.params) {
        declarePattern(node, parameterPattern(each), 'parameter', node)
      }
      for (const child of childrenOf(node)) visit(child, node, node)
      return
    }
    const inner = opensScope(node) ? node : block
    for (const child of childrenOf(node)) visit(child, inner, top)
  }
  visit(program, program, program)
  return scopes
}

// The block of a function is the function's own scope, near enough.
function opensScope(node: Node): boolean {
  if (node.type === 'BlockStatement') return !(node.parent && isFunction(node.parent))
  return (
    node.type === 'ForStatement' ||
    node.type === 'ForOfStatement' ||
    node.type === 'ForInStatement' ||
    node.type === 'SwitchStatement' ||
    node.type === 'CatchClause'
  )
}

type NamedIdentifier = Extract<Node, { type: 'Identifier' }>

/** The identifiers that a pattern declares. */
export function identifiersOf(pattern: Node): NamedIdentifier[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'AssignmentPattern':
      return identifiersOf(pattern.left)
    case 'RestElement':
      return identifiersOf(pattern.argument)
    case 'ArrayPattern':
      return pattern.elements.flatMap((each) => (each ? identifiersOf(each) : []))
    case 'ObjectPattern':
      return pattern.properties.flatMap((each) =>
        each.type === 'Property' ? identifiersOf(each.value) : identifiersOf(each.argument),
      )
    default:
      return []
  }
}

/** Who declares `name` for a node; `undefined` for a global. */
export function lookUp(scopes: Scopes, node: Node, name: string): Binding | undefined {
  for (let each: Node | null | undefined = node; each; each = each.parent) {
    const binding = scopes.get(each)?.get(name)
    if (binding) return binding
  }
  return undefined
}

/** Which parameter of its function a binding belongs to. */
export function parameterIndex(fn: FunctionNode, { identifier }: Binding): number {
  return fn.params.findIndex(({ start, end }) => start <= identifier.start && identifier.end <= end)
}

/**
 * The keys by which destructuring takes a name out of a value: `{ a: [b] }` takes `b` by
 * `['a', '0']`. A rest takes the whole.
 */
export function patternPath({ identifier }: Binding): { path: string[]; defaults: Node[] } {
  const path: string[] = []
  const defaults: Node[] = []
  let inner: Node = identifier
  for (let outer = inner.parent; outer; inner = outer, outer = outer.parent) {
    if (outer.type === 'Property' && outer.parent?.type === 'ObjectPattern') {
      const { key } = outer
      path.unshift(
        key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '*',
      )
    } else if (outer.type === 'ArrayPattern') {
      path.unshift(String((outer.elements as readonly (Node | null)[]).indexOf(inner)))
    } else if (outer.type === 'AssignmentPattern') {
      defaults.push(outer.right)
    } else if (outer.type !== 'ObjectPattern' && outer.type !== 'RestElement') break
  }
  return { path, defaults }
}
