// What a file exports, as ECMAScript modules and as CommonJS.
import type { Program } from 'oxc-parser'
import { identifiersOf } from './declare-bindings.ts'
import { childrenOf, isFunction, type Node, propertyName } from './syntax.ts'

export type Export =
  | { readonly node: Node }
  /** Re-exported; without a name, the module itself. */
  | { readonly specifier: string; readonly name: string | undefined }

export interface Exports {
  readonly named: ReadonlyMap<string, Export>
  /** Modules of which everything is re-exported. */
  readonly all: readonly string[]
  /** `module.exports = …`, `export = …`. */
  readonly whole: Node | undefined
}

export function readExports(program: Program): Exports {
  const named = new Map<string, Export>()
  const all: string[] = []
  let whole: Node | undefined
  for (const node of program.body) {
    if (node.type === 'ExportDefaultDeclaration') named.set('default', { node: node.declaration })
    else if (node.type === 'TSExportAssignment') whole = node.expression
    else if (node.type === 'ExportAllDeclaration') {
      if (node.exported === null) all.push(node.source.value)
      else named.set(exportName(node.exported), { specifier: node.source.value, name: undefined })
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const { local, exported } of node.specifiers) {
        const name = exportName(exported)
        if (node.source) named.set(name, { specifier: node.source.value, name: exportName(local) })
        else named.set(name, { node: local })
      }
      for (const identifier of node.declaration ? declared(node.declaration) : []) {
        named.set(identifier.name, { node: identifier })
      }
    }
  }
  const visit = (node: Node): void => {
    if (node.type === 'AssignmentExpression') {
      const name = commonJsName(node.left)
      if (name === '') whole = node.right
      else if (name !== undefined) named.set(name, { node: node.right })
    }
    for (const child of childrenOf(node)) if (!isFunction(child)) visit(child)
  }
  visit(program)
  return { named, all, whole }
}

function exportName(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}

function declared(node: Node): Extract<Node, { type: 'Identifier' }>[] {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap(({ id }) => identifiersOf(id))
  }
  const { id } = node as { id?: Node | null }
  return id ? identifiersOf(id) : []
}

// `module.exports` is '', `exports.a` and `module.exports.a` are 'a'.
function commonJsName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const name = propertyName(node)
  const { object } = node
  if (object.type === 'Identifier') {
    if (object.name === 'module' && name === 'exports') return ''
    return object.name === 'exports' ? name : undefined
  }
  return commonJsName(object) === '' ? name : undefined
}
