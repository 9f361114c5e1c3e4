import type { CallNode, FunctionNode, Node } from '../scan/syntax.ts'

/** A way into the application. */
export interface Route {
  readonly method: string
  readonly path: string
  /** Where it is declared. */
  readonly node: Node
  /** What runs for a request, in order: middleware, guards, the handler last. */
  readonly chain: readonly Node[]
  readonly framework: string
}

/** What a router has been told, before it is known where the router itself is mounted. */
export interface Entry {
  readonly router: Node
  readonly kind: 'use' | 'route' | 'mount'
  readonly method: string
  readonly path: string
  readonly node: CallNode | FunctionNode
  readonly chain: readonly Node[]
  /** The router that is mounted. */
  readonly child?: Node
  readonly framework: string
  /** Holds for the routes before it, too. */
  readonly isHook?: boolean
}
