// Where a value comes from, as far back as it can be followed.
import type { CallNode, FunctionNode, Node } from '../scan/syntax.ts'
import type { ApiValue } from '../values/value.ts'

export type RequestPlace =
  | 'authorization'
  | 'cookie'
  | 'header'
  | 'query'
  | 'path'
  | 'body'
  | 'handshake'
  | 'handshake-query'
  | 'session'

/** What a call to a library does that matters here. */
export type Role =
  | 'verify'
  | 'decode'
  | 'sign'
  | 'guard'
  | 'query'
  | 'random'
  | 'outgoing'
  | 'mail'
  | 'password'
  | 'key-set'

export type Origin =
  | {
      readonly kind: 'request'
      readonly place: RequestPlace
      readonly name: string
      readonly node: Node
    }
  /** Put on the request by a library that has verified somebody. */
  | { readonly kind: 'identity'; readonly path: readonly string[]; readonly node: Node }
  | {
      readonly kind: 'call'
      readonly role: Role
      readonly call: CallNode
      readonly value: ApiValue
      /** The members that are then read of the result. */
      readonly path: readonly string[]
    }
  | { readonly kind: 'text'; readonly text: string; readonly node: Node }
  | { readonly kind: 'number'; readonly number: number; readonly node: Node }
  | { readonly kind: 'environment'; readonly name: string; readonly node: Node }
  | { readonly kind: 'unknown'; readonly node: Node }

/** The call through which a function was entered, so that its parameters are that call's. */
export interface Frame {
  readonly fn: FunctionNode
  readonly call: CallNode
  readonly outer?: Frame | undefined
}
