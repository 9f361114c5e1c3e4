import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 10
const defaultLimitMs = 60_000

/** Polls until the condition holds; rejects, naming `what`, when it does not within the limit. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs: number = defaultLimitMs,
): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await delay(pollMs)
  }
}
