import type { Context } from './context.ts'
import { expiresAt, idleExpiresAt } from './policy.ts'
import type { Session } from './session.ts'
import { formatId } from './session-id.ts'
import type { Lifetime, Signals } from './signals/signals.ts'
import type { Listed, StoredSession } from './store.ts'
import type { UserId } from './user.ts'

/** What snapshots of a session are made of, as long as its row does not change. */
export interface SessionFacts<Data> {
  readonly signals: Signals | undefined
  readonly id: string
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
  readonly idleExpiresAt: number
  readonly authenticatedAt: number | null
  readonly row: StoredSession
  readonly decode: (text: string) => Data
}

export function factsOf<Data>(
  { policy, data, signals }: Context<Data>,
  row: StoredSession,
): SessionFacts<Data> {
  return {
    signals,
    id: formatId(row.id),
    createdAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    expiresAt: expiresAt(row, policy),
    idleExpiresAt: idleExpiresAt(row, policy),
    authenticatedAt: row.authenticatedAt,
    row,
    decode: data.decode,
  }
}

/** The public session, as it was read at that time. */
export class SessionSnapshot<Data, Id extends UserId> implements Session<Data, Id> {
  readonly id: string
  readonly userId: Id | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly idleExpiresAt: Date
  readonly persistent: boolean
  readonly authenticatedAt: Date | null
  readonly methods: readonly string[]
  readonly ip: string | null
  readonly device: string | null
  readonly clientId: string | null
  readonly impersonatorId: Id | null
  readonly data: Data
  readonly readAt: Date
  // In private fields, because a weak map of every request's snapshot is what collecting garbage spends
  // most of its time on.
  readonly #signals: Signals | undefined
  #lifetime: Lifetime | undefined

  constructor(facts: SessionFacts<Data>, now: number) {
    const { row, authenticatedAt } = facts
    this.id = facts.id
    this.userId = row.userId as Id | null
    this.createdAt = new Date(facts.createdAt)
    this.lastSeenAt = new Date(facts.lastSeenAt)
    this.expiresAt = new Date(facts.expiresAt)
    this.idleExpiresAt = new Date(facts.idleExpiresAt)
    this.persistent = row.persistent
    this.authenticatedAt = authenticatedAt === null ? null : new Date(authenticatedAt)
    this.methods = row.methods
    this.ip = row.ip
    this.device = row.device
    this.clientId = row.clientId
    this.impersonatorId = row.impersonatorId as Id | null
    this.data = facts.decode(row.data)
    this.readAt = new Date(now)
    this.#signals = facts.signals
  }

  /** Made when it is asked for; of the prototype, so that it is neither logged nor sent. */
  get signal(): AbortSignal {
    if (this.#signals !== undefined) return this.#signals.of(this, this.#lifetime)
    // Silence would look like a session that never ends.
    throw new Error(
      'session.signal needs to hear of what other processes do: open the store with { feed: true }',
    )
  }

  /** Lets the signal, should somebody ask for it, go when that lifetime ends. */
  static tie(session: object, lifetime: Lifetime): void {
    if (#lifetime in session) session.#tie(lifetime)
  }

  #tie(lifetime: Lifetime): void {
    this.#lifetime = lifetime
  }
}

/** The public session that a row stands for. */
export function snapshot<Data, Id extends UserId>(
  context: Context<Data>,
  { session, now }: Pick<Listed, 'session' | 'now'>,
): Session<Data, Id> {
  return new SessionSnapshot(factsOf(context, session), now)
}
