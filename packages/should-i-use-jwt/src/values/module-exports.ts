// What an import gives: through re-exports, default exports and CommonJS, to where it is written.
import type { Binding } from '../scan/declare-bindings.ts'
import { identifierName, type Node, textOf } from '../scan/syntax.ts'
import type { Evaluator } from './evaluator.ts'
import { api, type Value } from './value.ts'

/** What the local name of an import stands for. */
export function importedValue(evaluator: Evaluator, { declaration }: Binding): Value | undefined {
  if (declaration.type === 'TSImportEqualsDeclaration') {
    const { moduleReference } = declaration
    if (moduleReference.type !== 'TSExternalModuleReference') return undefined
    return valueFrom(evaluator, declaration, moduleReference.expression.value, undefined)
  }
  const statement = declaration.parent
  if (statement?.type !== 'ImportDeclaration') return undefined
  return valueFrom(evaluator, declaration, statement.source.value, importedName(declaration))
}

// `undefined` for the whole module.
function importedName(specifier: Node): string | undefined {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  if (specifier.type !== 'ImportSpecifier') return undefined
  return identifierName(specifier.imported) ?? textOf(specifier.imported)
}

function valueFrom(
  evaluator: Evaluator,
  node: Node,
  specifier: string,
  name: string | undefined,
): Value | undefined {
  const from = evaluator.project.fileOf(node).path
  if (name === 'PrismaClient' && isGeneratedPrisma(evaluator, specifier, from)) {
    return api('@prisma/client', name)
  }
  const whole = evaluator.moduleValue(specifier, from)
  if (whole === undefined || name === undefined) return whole
  if (name === 'default' && whole.kind !== 'module') return whole
  return evaluator.member(whole, name)
}

// Prisma writes its client into a folder of the project's choice, which Git ignores.
function isGeneratedPrisma(evaluator: Evaluator, specifier: string, from: string): boolean {
  return 'missing' in evaluator.resolve(specifier, from) || /prisma/i.test(specifier)
    ? !('file' in evaluator.resolve(specifier, from))
    : false
}

export function exportOf(
  evaluator: Evaluator,
  path: string,
  name: string,
  seen: Set<string> = new Set(),
): Value | undefined {
  const file = evaluator.project.files.get(path)
  if (file === undefined || seen.has(path)) return undefined
  seen.add(path)
  const { named, all, whole } = file.exports
  const own = named.get(name)
  if (own && 'node' in own) return evaluator.evaluate(own.node)
  if (own) {
    const target = evaluator.moduleValue(own.specifier, path)
    return target && own.name !== undefined ? memberOf(evaluator, target, own.name, seen) : target
  }
  if (whole) {
    const value = evaluator.evaluate(whole)
    return name === 'default' ? value : value && evaluator.member(value, name)
  }
  for (const specifier of name === 'default' ? [] : all) {
    const target = evaluator.moduleValue(specifier, path)
    const value = target && memberOf(evaluator, target, name, seen)
    if (value) return value
  }
  // What is written as CommonJS has no default export; an import of it means the module.
  const isCommonJs = !file.program.body.some(({ type }) => /^(?:Im|Ex)port/.test(type))
  return name === 'default' && isCommonJs ? { kind: 'module', path } : undefined
}

function memberOf(
  evaluator: Evaluator,
  target: Value,
  name: string,
  seen: Set<string>,
): Value | undefined {
  return target.kind === 'module'
    ? exportOf(evaluator, target.path, name, seen)
    : evaluator.member(target, name)
}
