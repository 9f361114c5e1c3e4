/** How many sessions are read at once: a store that coalesces makes few statements of them. */
const mostAtOnce = 64

/** Reads what is doubtful, each after the last time that it became so. */
export interface ReadAgain<Item> {
  add(item: Item): void
  /** Resolves when nothing is under way. */
  close(): Promise<void>
}

/**
 * What becomes doubtful again while it is read is read once more: the answer that is on its way may
 * be of before. `read` must not reject.
 */
export function readAgain<Item>(read: (item: Item) => Promise<void>): ReadAgain<Item> {
  const waiting = new Set<Item>()
  const underWay = new Map<Item, Promise<void>>()
  let isClosed = false

  function next(): void {
    for (const item of waiting) {
      if (underWay.size >= mostAtOnce) return
      if (underWay.has(item)) continue
      waiting.delete(item)
      const reading = read(item).finally(() => {
        underWay.delete(item)
        next()
      })
      underWay.set(item, reading)
    }
  }

  return {
    add(item) {
      if (isClosed) return
      waiting.add(item)
      next()
    },
    async close() {
      isClosed = true
      waiting.clear()
      await Promise.all(underWay.values())
    },
  }
}
