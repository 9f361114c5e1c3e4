/** A moment by both clocks of this process, in milliseconds. */
export interface Instant {
  readonly monotonic: number
  readonly wall: number
}

export type ReadInstant = () => Instant

export const readInstant: ReadInstant = () => ({
  monotonic: performance.now(),
  wall: Date.now(),
})

/**
 * How long ago that was, by the clock that says more: the monotonic one stands still while a virtual
 * machine is suspended, and the other can be set back.
 */
export function ageOf(then: Instant, now: Instant): number {
  return Math.max(now.monotonic - then.monotonic, now.wall - then.wall)
}
