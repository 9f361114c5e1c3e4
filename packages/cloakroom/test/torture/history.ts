/** Nanoseconds of the system's monotonic clock, which all processes of a machine share. */
export type Moment = number

/** What all processes together called, and what they were told. */
export interface History {
  readonly issues: readonly Issue[]
  readonly endings: readonly Ending[]
  readonly checks: Iterable<Check>
}

/** A token that somebody was given: at a sign-in, or by a rotation. */
export interface Issue {
  readonly token: number
  readonly session: number
  readonly user: number
  readonly begunAt: Moment
  readonly acknowledgedAt: Moment
}

/** A call after which tokens are dead: a revocation, a block, a rotation of the old token. */
export interface Ending {
  readonly of: Ended
  readonly isSettled: boolean
  readonly begunAt: Moment
  /** `undefined`: it failed, or its process was killed. It may have been made all the same, and late. */
  readonly acknowledgedAt: Moment | undefined
}

export type Ended =
  | { readonly token: number }
  | { readonly session: number }
  | { readonly user: number }

/** A verification. */
export interface Check {
  readonly token: number
  readonly begunAt: Moment
  readonly endedAt: Moment
  readonly outcome: Outcome
}

/**
 * `mistaken`: accepted as another session or another user than it is. `unavailable`: the store did not
 * answer, which is never wrong.
 */
export type Outcome = (typeof outcomes)[number]

export const outcomes = ['accepted', 'mistaken', 'anonymous', 'unavailable'] as const

/** The number of every token that was never issued. */
export const forgedToken = -1

export function readMoment(): Moment {
  return Number(process.hrtime.bigint())
}
