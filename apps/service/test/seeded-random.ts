/** Integers from 0 up to, and without, `limit`: the same ones for the same seed. */
export type RandomInteger = (limit: number) => number

/** Seeded by CLOAKROOM_TEST_SEED, which the test prints so that a failure can be had again. */
export function seededRandom(test: { diagnostic(message: string): void }): RandomInteger {
  let state = Number(process.env.CLOAKROOM_TEST_SEED ?? 1) >>> 0
  test.diagnostic(`CLOAKROOM_TEST_SEED=${state}`)
  return (limit) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}
