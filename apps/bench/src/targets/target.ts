/**
 * One way of authenticating a request. Every target gets the same sessions of the same users and
 * is asked for them in the same order.
 */
export interface Target<Credential = unknown, Answer = unknown> {
  readonly name: string
  /** What it does at each operation, in one line. */
  readonly note: string
  /** What the client of each session shows; as many as there are sessions. */
  readonly credentials: readonly Credential[]
  /** Credentials that look right and must be refused, by what is wrong with them. */
  readonly wrong: Readonly<Record<string, Credential>>
  /** How many operations are under way at once. Default 1. */
  readonly concurrency?: number
  /** The operation that is measured: nothing but what an application would call. */
  authenticate(credential: Credential): Answer | Promise<Answer>
  /** The number of the user whom an answer authenticates; `undefined`: it refuses. */
  userOf(answer: Answer): number | undefined
  /** Whether what `authenticate` threw is how it refuses. Default: it never refuses by throwing. */
  isRefusal?(error: unknown): boolean
  close(): void | Promise<void>
}
