import type { Store, StoreFactory } from '../../core/store.ts'
import type { Users } from '../../core/user.ts'

type Hook = (verb: keyof Store) => void | Promise<void>

/** What a test puts between Cloakroom and a real store: failures and delays, and nothing else. */
export interface Interference {
  /** Runs before a verb reaches the store. Where it throws, the verb does. */
  before: Hook
  /** Runs after the store has done it, before Cloakroom hears of it. */
  after: Hook
}

export function noInterference(): Interference {
  return { before: () => {}, after: () => {} }
}

export function interferedWith<U extends Users>(
  factory: StoreFactory<U>,
  interference: Interference,
): StoreFactory<U> {
  return {
    async open(definition) {
      const store = await factory.open(definition)
      // Not around the store itself: of a frozen one a proxy may hide nothing.
      return new Proxy({} as Store, {
        get: (_target, verb: keyof Store) => {
          const method = store[verb] as ((...args: unknown[]) => Promise<unknown>) | undefined
          if (typeof method !== 'function') return method
          return async (...args: unknown[]) => {
            await interference.before(verb)
            const result = await method.apply(store, args)
            await interference.after(verb)
            return result
          }
        },
      })
    },
  }
}

export interface Barrier {
  /** Resolves when as many as were asked for are waiting. */
  readonly reached: Promise<void>
  /** For the first `count` calls of the verb: waits for `release`. Lets all others pass. */
  readonly wait: Hook
  release(): void
}

/** Stops the first `count` calls of a verb, so that something else can happen meanwhile. */
export function barrier(stopped: keyof Store, count: number): Barrier {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let waiting = 0
  return {
    reached: reached.promise,
    release: released.resolve,
    async wait(verb) {
      if (verb !== stopped || waiting === count) return
      waiting += 1
      if (waiting === count) reached.resolve()
      await released.promise
    },
  }
}
