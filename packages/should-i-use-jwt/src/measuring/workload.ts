import type { RequestKind } from './application.ts'
import type { Random } from './random.ts'
import type { RunningApplication } from './start-application.ts'

export interface Workload {
  readonly name: string
  /** How many requests are under way at once, each followed by the next. */
  readonly concurrency: number
  /** Of all but refreshes, which have their own. */
  readonly path: string
  /** Weights of what the requests bring. */
  readonly mix: Readonly<Partial<Record<RequestKind, number>>>
}

export interface PlannedRequest {
  readonly kind: RequestKind
  readonly path: string
  readonly credential: string
}

/** Weights are thousandths at the finest. */
const slots = 1000

/**
 * Requests drawn at random from the mix, without end. A kind that the application cannot have comes as
 * an authenticated one: it has no refresh, or its tokens never expire.
 */
export function planRequests(
  { mix, path }: Workload,
  { credentials }: Pick<RunningApplication, 'credentials'>,
  random: Random,
): () => PlannedRequest {
  const kinds = Object.entries(mix) as [RequestKind, number][]
  const total = kinds.reduce((sum, [, weight]) => sum + weight, 0)
  const wheel = kinds.flatMap(([kind, weight]) => {
    const length = Math.round((weight / total) * slots)
    return new Array<RequestKind>(length).fill(
      credentials[kind] === undefined ? 'authenticated' : kind,
    )
  })
  return () => {
    const kind = wheel[random(wheel.length)] as RequestKind
    const known = credentials[kind] as readonly string[]
    const credential = known[random(known.length)] as string
    return { kind, path: kind === 'refresh' ? '/refresh' : path, credential }
  }
}

const refused: readonly RequestKind[] = ['missing', 'junk', 'expired', 'unknown']

/** What must be answered. @throws {CheckFailed} if something else was */
export function expectStatus(name: string, kind: RequestKind, status: number): void {
  const isRight = refused.includes(kind) ? status === 401 : status === 200
  if (!isRight) throw new CheckFailed(`${name} answered ${status} to a request of kind ${kind}`)
}

/** An application did not do what it was measured for, so there are no figures. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed'
}
