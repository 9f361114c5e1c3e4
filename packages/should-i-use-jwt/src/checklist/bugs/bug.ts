import type { Evidence } from '../item.ts'

export type BugKind =
  | 'no-algorithm-pinned'
  | 'none-possible'
  | 'secret-in-source'
  | 'short-secret'
  | 'decode-instead-of-verify'
  | 'no-exp'
  | 'no-aud'
  | 'no-iss'
  | 'token-in-url'
  | 'token-in-local-storage'
  | 'secret-shared-between-kinds'

export interface Bug {
  readonly kind: BugKind
  readonly evidence: readonly Evidence[]
}
