import type { Store } from './store.ts'

/**
 * Prunes again and again, each time after `intervalMs` ± 50 %, so that many processes do not all
 * begin at once. Returns what stops it.
 */
export function prunePeriodically(
  store: Pick<Store, 'prune'>,
  intervalMs: number,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    try {
      await store.prune()
    } catch (error) {
      onError(error)
    }
    schedule()
  }

  let stopped = false
  function schedule(): void {
    if (stopped) return
    const delay = intervalMs * (0.5 + Math.random())
    timer = setTimeout(() => {
      running = run()
    }, delay).unref()
  }

  schedule()
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}
