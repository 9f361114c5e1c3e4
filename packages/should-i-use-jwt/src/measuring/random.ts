/** Numbers from 0 up to, but not including, `limit`. */
export type Random = (limit: number) => number

/** Xorshift32: the same numbers for the same seed, anywhere. Never for secrets. */
export function seededRandom(seed: number): Random {
  // Zero would give only zeros.
  let state = seed >>> 0 || 0x9e3779b9
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
}

/** A shuffled copy (Fisher and Yates). */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const shuffled = [...items]
  for (let end = shuffled.length; end > 1; end -= 1) {
    const [chosen] = shuffled.splice(random(end), 1)
    shuffled.push(chosen as Item)
  }
  return shuffled
}
