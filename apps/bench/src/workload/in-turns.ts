import { setImmediate as nextTurn } from 'node:timers/promises'

const itemsPerTurn = 500

/** The same items, with turns of the event loop between them: or else nobody would hear Ctrl-C. */
export async function* inTurns<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let count = 0
  for (const item of items) {
    if (count % itemsPerTurn === 0) await nextTurn()
    count += 1
    yield item
  }
}
