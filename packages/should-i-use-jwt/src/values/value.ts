// What an expression stands for, as far as it can be told without running it.
import type { CallNode, Class, FunctionNode, Node } from '../scan/syntax.ts'

export type Value =
  /**
   * Something of a package, written as the way to it: `express().Router()` has the package
   * `express` and the path `().Router()`. `new` is a call; a default import is the module.
   */
  | {
      readonly kind: 'api'
      readonly package: string
      readonly path: string
      /** The last call on the way, which tells one instance from another. */
      readonly origin?: CallNode
    }
  | { readonly kind: 'function'; readonly node: FunctionNode }
  | { readonly kind: 'class'; readonly node: Class }
  | { readonly kind: 'instance'; readonly node: Class }
  | { readonly kind: 'object'; readonly node: Extract<Node, { type: 'ObjectExpression' }> }
  | { readonly kind: 'array'; readonly node: Extract<Node, { type: 'ArrayExpression' }> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'module'; readonly path: string }
  /** Imported from a file that is not there: nothing can be said about it. */
  | { readonly kind: 'missing'; readonly specifier: string }

export type ApiValue = Extract<Value, { kind: 'api' }>

/** The package in which what the language and its hosts define is found. */
export const globals = 'global'

export function api(packageName: string, path: string, origin?: CallNode): ApiValue {
  return { kind: 'api', package: packageName, path, ...(origin && { origin }) }
}

// A path grows with each call of a fluent interface; past this it is a loop, not an interface.
const longestPath = 400

export function apiMember(value: ApiValue, name: string): ApiValue | undefined {
  if (name === 'default') return value
  if (value.path.length > longestPath) return undefined
  return { ...value, path: value.path === '' ? name : `${value.path}.${name}` }
}

export function apiResult(value: ApiValue, call: CallNode): ApiValue {
  return api(value.package, `${value.path}()`, call)
}
