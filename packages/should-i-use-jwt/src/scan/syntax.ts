// What the syntax tree says about itself: no names are resolved here.
import {
  type ArrowFunctionExpression,
  type CallExpression,
  type Class,
  type Function as FunctionSyntax,
  type NewExpression,
  type Node,
  type TaggedTemplateExpression,
  visitorKeys,
} from 'oxc-parser'

export type { Class, Node }

export type FunctionNode = FunctionSyntax | ArrowFunctionExpression
export type CallNode = CallExpression | NewExpression | TaggedTemplateExpression

export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

export function isClass(node: Node): node is Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

export function isCall(node: Node): node is CallNode {
  return (
    node.type === 'CallExpression' ||
    node.type === 'NewExpression' ||
    node.type === 'TaggedTemplateExpression'
  )
}

export function calleeOf(call: CallNode): Node {
  return call.type === 'TaggedTemplateExpression' ? call.tag : call.callee
}

/** The values that a call passes; those of a tagged template are what it interpolates. */
export function argumentsOf(call: CallNode): readonly Node[] {
  return call.type === 'TaggedTemplateExpression' ? call.quasi.expressions : call.arguments
}

export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | (Node | null)[] | null>)[key]
    if (Array.isArray(child)) for (const each of child) each && children.push(each)
    else if (child) children.push(child)
  }
  return children
}

/** Visits a node and all below it, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const child of childrenOf(node)) walk(child, visit)
}

/** The expression inside what changes nothing about its value: `await`, `as`, `!`, `?.`. */
export function unwrap(node: Node): Node {
  switch (node.type) {
    case 'AwaitExpression':
      return unwrap(node.argument)
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return unwrap(node.expression)
    default:
      return node
  }
}

/** The text that a node is, if it is a text without interpolation. */
export function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return undefined
  return node.quasis[0]?.value.cooked ?? undefined
}

/** `b` of `a.b` and of `a['b']`; `undefined` where it is computed. */
export function propertyName(node: Node): string | undefined {
  if (node.type === 'MemberExpression') {
    return node.computed ? literalName(node.property) : identifierName(node.property)
  }
  if (
    node.type === 'Property' ||
    node.type === 'MethodDefinition' ||
    node.type === 'PropertyDefinition'
  ) {
    return node.computed
      ? literalName(node.key)
      : (identifierName(node.key) ?? literalName(node.key))
  }
  return undefined
}

function literalName(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'number') return String(node.value)
  return textOf(node)
}

export function identifierName(node: Node): string | undefined {
  return node.type === 'Identifier' || node.type === 'PrivateIdentifier' ? node.name : undefined
}

export function enclosingFunction(node: Node): FunctionNode | undefined {
  for (let each = node.parent; each; each = each.parent) if (isFunction(each)) return each
  return undefined
}

export function enclosingClass(node: Node): Class | undefined {
  for (let each = node.parent; each; each = each.parent) if (isClass(each)) return each
  return undefined
}

export function programOf(node: Node): Node {
  let each = node
  while (each.parent) each = each.parent
  return each
}

/** What a function is called where it is defined, which is what a reader looks for. */
export function functionName(node: FunctionNode): string {
  const own = node.type === 'ArrowFunctionExpression' ? undefined : node.id?.name
  if (own !== undefined) return own
  const { parent } = node
  if (parent?.type === 'VariableDeclarator') return identifierName(parent.id) ?? ''
  if (parent?.type === 'AssignmentExpression') return propertyName(parent.left) ?? ''
  return (parent && propertyName(parent)) ?? ''
}

/** The parameter's pattern, without what TypeScript puts around it. */
export function parameterPattern(node: Node): Node {
  return node.type === 'TSParameterProperty' ? node.parameter : node
}

/** What a function returns: its `return`s, not those of functions inside it. */
export function returnsOf(fn: FunctionNode): Node[] {
  if (!fn.body) return []
  if (fn.type === 'ArrowFunctionExpression' && fn.body.type !== 'BlockStatement') return [fn.body]
  const found: Node[] = []
  const search = (node: Node): void => {
    if (node.type === 'ReturnStatement' && node.argument) found.push(node.argument)
    for (const child of childrenOf(node)) if (!isFunction(child)) search(child)
  }
  search(fn.body)
  return found
}
