/** A clock for tests: it stands still until it is told to go on. To be passed as `clock`. */
export interface TestClock {
  /** Milliseconds since 1970. */
  (): number
  /** Moves it forward; back, where negative. To the millisecond. */
  advance(seconds: number): void
}

/** A clock that stands at `start`, in milliseconds since 1970. Default: the time of the call. */
export function testClock(start: number = Date.now()): TestClock {
  let now = start
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += Math.round(seconds * 1000)
    },
  })
}
