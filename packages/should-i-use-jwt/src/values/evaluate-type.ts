// An instance by its declared type: all there is where objects are injected.
import { lookUp } from '../scan/declare-bindings.ts'
import type { Node } from '../scan/syntax.ts'
import type { Evaluator } from './evaluator.ts'
import { api, type Value } from './value.ts'

const wrappers = new Set(['Promise', 'Awaited', 'Readonly', 'Partial', 'Required', 'NonNullable'])

/** What a value of the type is; `undefined` for types that say nothing about behaviour. */
export function evaluateType(evaluator: Evaluator, type: Node): Value | undefined {
  switch (type.type) {
    case 'TSTypeQuery':
      return evaluator.evaluate(type.exprName)
    case 'TSUnionType':
    case 'TSIntersectionType':
      return firstOf(evaluator, type.types)
    case 'TSTypeReference':
      return evaluateReference(evaluator, type)
    default:
      return undefined
  }
}

function firstOf(evaluator: Evaluator, types: readonly Node[]): Value | undefined {
  for (const each of types) {
    const value = evaluateType(evaluator, each)
    if (value) return value
  }
  return undefined
}

function evaluateReference(
  evaluator: Evaluator,
  { typeName, typeArguments }: Extract<Node, { type: 'TSTypeReference' }>,
): Value | undefined {
  if (typeName.type === 'TSQualifiedName') {
    const left = evaluator.evaluate(typeName.left)
    const named = left && evaluator.member(left, typeName.right.name)
    return evaluator.instanceOf(named)
  }
  if (typeName.type !== 'Identifier') return undefined
  const { name } = typeName
  const binding = lookUp(evaluator.project.fileOf(typeName).scopes, typeName, name)
  const [inner] = typeArguments?.params ?? []
  if (binding === undefined) {
    if (inner && wrappers.has(name)) return evaluateType(evaluator, inner)
    if (inner && name === 'ReturnType') return resultOfType(evaluator, inner)
    return inner ? undefined : api('global', `${name}()`)
  }
  if (binding.kind === 'type') return evaluateDeclaration(evaluator, binding.declaration)
  const value = evaluator.evaluateBinding(binding)
  return value ? evaluator.instanceOf(value) : importedType(evaluator, binding.declaration, name)
}

function evaluateDeclaration(evaluator: Evaluator, declaration: Node): Value | undefined {
  if (declaration.type === 'TSTypeAliasDeclaration') {
    return evaluateType(evaluator, declaration.typeAnnotation)
  }
  if (declaration.type !== 'TSInterfaceDeclaration') return undefined
  for (const { expression } of declaration.extends) {
    const parent = evaluator.instanceOf(evaluator.evaluate(expression))
    if (parent) return parent
  }
  return implementationOf(evaluator, declaration.id.name)
}

// A type of another file of the project, which exports no value of that name.
function importedType(evaluator: Evaluator, specifier: Node, name: string): Value | undefined {
  const statement = specifier.parent
  if (statement?.type !== 'ImportDeclaration') return undefined
  const { project } = evaluator
  const target = evaluator.resolve(statement.source.value, project.fileOf(specifier).path)
  if (!('file' in target)) return undefined
  const file = project.files.get(target.file)
  const binding = file?.scopes.get(file.program)?.get(name)
  return binding?.kind === 'type'
    ? evaluateDeclaration(evaluator, binding.declaration)
    : implementationOf(evaluator, name)
}

// An interface is as good as its class, if there is one only.
function implementationOf(evaluator: Evaluator, name: string): Value | undefined {
  const classes = [...evaluator.project.files.values()].flatMap((file) =>
    file.classes.filter((each) =>
      each.implements?.some(
        ({ expression }) => expression.type === 'Identifier' && expression.name === name,
      ),
    ),
  )
  const [only] = classes
  return classes.length === 1 && only ? { kind: 'instance', node: only } : undefined
}

function resultOfType(evaluator: Evaluator, type: Node): Value | undefined {
  const value = evaluateType(evaluator, type)
  if (value?.kind === 'function') return evaluator.returnedBy(value.node)
  return value?.kind === 'api' ? api(value.package, `${value.path}()`) : undefined
}
