import type { KnownToken, News } from './known-tokens.ts'
import type { Place } from './open-store.ts'
import type { Sabotage } from './sabotage.ts'

/** Of a process that its driver has ended, through no fault of what is tested. */
export const exitCodeOfDriver = 86

export interface WorkerOrder {
  readonly folder: string
  readonly process: number
  readonly place: Place
  readonly seed: number
  readonly sabotage?: Sabotage
  /** What others have issued so far. */
  readonly live: readonly KnownToken[]
}

export type ToWorker = News | { readonly stop: true }

export type FromWorker =
  | News
  | { readonly readyAt: number }
  | { readonly hits: number; readonly voidedFills: number; readonly losses: number }
