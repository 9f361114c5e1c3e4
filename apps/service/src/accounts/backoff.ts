/** How a count of failures turns into waiting. */
export interface Backoff {
  /** Attempts before there is any waiting. */
  readonly free: number
  /** The first wait; each further one is twice as long. */
  readonly firstMs: number
  readonly maxMs: number
  /** How long after the last wait the failures are forgotten. */
  readonly forgetMs: number
}

/** How long to wait after the `failures`th failure in a row. */
export function delayAfter(failures: number, { free, firstMs, maxMs }: Backoff): number {
  if (failures < free) return 0
  return Math.min(firstMs * 2 ** Math.min(failures - free, 30), maxMs)
}
