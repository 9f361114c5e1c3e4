import { setTimeout as delay } from 'node:timers/promises'

const limitMs = 60_000

/** Polls until the condition holds; rejects, naming `what`, if that takes a minute. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await delay(2)
  }
}
