import type { Context } from './context.ts'
import { expiresAt, idleExpiresAt } from './policy.ts'
import type { Session } from './session.ts'
import { formatId } from './session-id.ts'
import type { Listed, StoredSession } from './store.ts'
import type { UserId } from './user.ts'

/** What snapshots of a session are made of, as long as its row does not change. */
export interface SessionFacts<Data> {
  readonly prototype: object
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
  { policy, data, sessionPrototype }: Context<Data>,
  row: StoredSession,
): SessionFacts<Data> {
  return {
    prototype: sessionPrototype,
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
export function snapshotAt<Data, Id extends UserId>(
  facts: SessionFacts<Data>,
  now: number,
): Session<Data, Id> {
  const { row, authenticatedAt } = facts
  const own: Omit<Session<Data, Id>, 'signal'> & { __proto__: object } = {
    __proto__: facts.prototype,
    id: facts.id,
    userId: row.userId as Id | null,
    createdAt: new Date(facts.createdAt),
    lastSeenAt: new Date(facts.lastSeenAt),
    expiresAt: new Date(facts.expiresAt),
    idleExpiresAt: new Date(facts.idleExpiresAt),
    persistent: row.persistent,
    authenticatedAt: authenticatedAt === null ? null : new Date(authenticatedAt),
    methods: row.methods,
    ip: row.ip,
    device: row.device,
    clientId: row.clientId,
    impersonatorId: row.impersonatorId as Id | null,
    data: facts.decode(row.data),
    readAt: new Date(now),
  }
  return own as unknown as Session<Data, Id>
}

/** The public session that a row stands for. */
export function snapshot<Data, Id extends UserId>(
  context: Context<Data>,
  { session, now }: Pick<Listed, 'session' | 'now'>,
): Session<Data, Id> {
  return snapshotAt(factsOf(context, session), now)
}
