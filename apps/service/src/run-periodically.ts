/**
 * Runs `work` again and again, each time after `intervalMs` ± 50 %, so that many processes do not
 * all begin at once. Returns what stops it, and waits for what is under way.
 */
export function runPeriodically(
  intervalMs: number,
  onError: (error: unknown) => void,
  work: () => Promise<void>,
): () => Promise<void> {
  let stopped = false
  let running = Promise.resolve()
  let timer: NodeJS.Timeout

  function schedule(): void {
    if (stopped) return
    timer = setTimeout(
      () => {
        running = work().catch(onError).finally(schedule)
      },
      intervalMs * (0.5 + Math.random()),
    ).unref()
  }

  schedule()
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}
