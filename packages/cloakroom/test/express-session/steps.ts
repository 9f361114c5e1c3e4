import type { UserId } from '../../src/core/user.ts'

/** What a request does to its session. `hold` waits until the test lets it go on. */
export type Step =
  | 'regenerate'
  | 'destroy'
  | 'save'
  | 'reload'
  | 'save_later'
  | 'unset'
  | 'hold'
  | 'logOut'
  | { readonly logIn: UserId; readonly keepSessionInfo?: boolean }
  | { readonly begin: UserId }
  | { readonly regenerateWith: string[] }
  | { readonly set: object }
  | { readonly remove: string }
  | { readonly maxAge: number | null }

/** Where requests wait, so that a test decides which comes first. */
export interface Gate {
  /** Stops the requests that come to `hold` from now on; `reached`: when so many have. */
  hold(requests?: number): Held
  pass(): Promise<void>
  /** Releases whoever is still held. */
  open(): void
}

export interface Held {
  readonly reached: Promise<void>
  release(): void
}

export function createGate(): Gate {
  let pass: () => Promise<void> = () => Promise.resolve()
  let open: () => void = () => {}
  return {
    pass: () => pass(),
    open: () => open(),
    hold(requests = 1) {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      open = released.resolve
      let missing = requests
      pass = () => {
        missing -= 1
        if (missing === 0) reached.resolve()
        return released.promise
      }
      return { reached: reached.promise, release: released.resolve }
    },
  }
}

/** A verb with a callback as a promise. */
export function promised(verb: (callback: (error: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    verb((error) => (error ? reject(error) : resolve()))
  })
}
