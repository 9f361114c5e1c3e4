// The expression behind an import, where a value is followed rather than understood.
import type { Binding } from '../scan/declare-bindings.ts'
import { identifierName, type Node, textOf } from '../scan/syntax.ts'
import type { Evaluator } from './evaluator.ts'

export interface ImportedNode {
  readonly node: Node
  /** What is still to be read of it. */
  readonly path: readonly string[]
}

export function importedNode(
  evaluator: Evaluator,
  { declaration }: Binding,
  path: readonly string[],
): ImportedNode | undefined {
  const statement = declaration.parent
  if (statement?.type !== 'ImportDeclaration') return undefined
  const from = evaluator.project.fileOf(declaration).path
  const target = evaluator.resolve(statement.source.value, from)
  if (!('file' in target)) return undefined
  if (declaration.type === 'ImportNamespaceSpecifier') {
    const [name = '', ...rest] = path
    return exportedNode(evaluator, target.file, name, rest, new Set())
  }
  const name =
    declaration.type === 'ImportSpecifier'
      ? (identifierName(declaration.imported) ?? textOf(declaration.imported) ?? '')
      : 'default'
  return exportedNode(evaluator, target.file, name, path, new Set())
}

function exportedNode(
  evaluator: Evaluator,
  path: string,
  name: string,
  rest: readonly string[],
  seen: Set<string>,
): ImportedNode | undefined {
  const exports = evaluator.project.files.get(path)?.exports
  if (exports === undefined || seen.has(path)) return undefined
  seen.add(path)
  const own = exports.named.get(name)
  if (own && 'node' in own) return { node: own.node, path: rest }
  const next = (specifier: string, inner: string, left: readonly string[]) => {
    const target = evaluator.resolve(specifier, path)
    return 'file' in target ? exportedNode(evaluator, target.file, inner, left, seen) : undefined
  }
  if (own) {
    const [first = '', ...left] = rest
    return own.name === undefined
      ? next(own.specifier, first, left)
      : next(own.specifier, own.name, rest)
  }
  if (exports.whole)
    return { node: exports.whole, path: name === 'default' ? rest : [name, ...rest] }
  for (const specifier of exports.all) {
    const found = next(specifier, name, rest)
    if (found) return found
  }
  return undefined
}
