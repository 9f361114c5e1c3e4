import type { Store } from '../../core/store.ts'

export interface Call {
  readonly verb: keyof Store
  readonly given: readonly unknown[]
  readonly result: unknown
}

const verbs: readonly (keyof Store)[] = [
  'find',
  'epoch',
  'create',
  'touch',
  'rotate',
  'renew',
  'update',
  'revoke',
  'list',
  'block',
  'unblock',
  'blockedAt',
  'prune',
  'largestLease',
  'close',
]

/** The store itself, which tells of every call when it is done. */
export function observed(store: Store, tell: (call: Call) => void): Store {
  const watched = verbs.map((verb) => [
    verb,
    async (...given: unknown[]) => {
      const call = store[verb] as (...given: unknown[]) => Promise<unknown>
      const result = await call.apply(store, given)
      tell({ verb, given, result })
      return result
    },
  ])
  return Object.fromEntries(watched) as Store
}

/** The store itself, but for these verbs. */
export function replaced(store: Store, others: Partial<Store>): Store {
  return { ...observed(store, () => {}), ...others }
}
