import type { Started } from '../start.ts'

/** What a worker is told first. */
export interface Role {
  /** From 1; a worker that takes the place of another has its number. */
  readonly number: number
  /** Of all workers, one makes the code for the first administrator: the first one that starts. */
  readonly issuesSetupCode: boolean
}

export type Order = { readonly serve: Role } | 'stop'

/** What a worker says once it serves. */
export type Serving = Pick<Started, 'origin' | 'setupCode'>
