import type { Session } from './session.ts'
import type { Signals } from './signals/signals.ts'

/**
 * What session snapshots have in common: `signal`, made when it is asked for. It is not enumerable, so
 * that it is neither logged nor sent.
 */
export function sessionPrototype(signals: Signals): object {
  return Object.create(Object.prototype, {
    signal: {
      get(this: Session<unknown>): AbortSignal {
        return signals.of(this)
      },
    },
  })
}

/** Of a store without a feed. Silence would look like a session that never ends. */
export const prototypeWithoutSignal: object = Object.create(Object.prototype, {
  signal: {
    get(): never {
      throw new Error(
        'session.signal needs to hear of what other processes do: open the store with { feed: true }',
      )
    },
  },
})
