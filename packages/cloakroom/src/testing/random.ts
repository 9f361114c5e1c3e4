/** Numbers from 0 up to 1, always the same ones for the same seed. */
export type Random = () => number

/**
 * Numbers that the environment's CLOAKROOM_TEST_SEED and a test's name determine (mulberry32). The
 * test prints the seed, with which a failure can be repeated.
 */
export function seededRandom(test: { name: string; diagnostic(message: string): void }): Random {
  const root = Number(process.env.CLOAKROOM_TEST_SEED ?? 1)
  test.diagnostic(`CLOAKROOM_TEST_SEED=${root}`)
  let state = root >>> 0
  for (const character of test.name) state = (Math.imul(state, 31) + character.charCodeAt(0)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An integer from 0 up to, and without, `limit`. */
export function integerBelow(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[integerBelow(random, choices.length)] as T
}
