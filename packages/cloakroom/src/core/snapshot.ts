import type { Context } from './context.ts'
import { expiresAt, idleExpiresAt } from './policy.ts'
import type { Session } from './session.ts'
import { formatId } from './session-id.ts'
import type { Listed } from './store.ts'
import type { UserId } from './user.ts'

/** The public session that a row stands for. */
export function snapshot<Data, Id extends UserId>(
  { policy, data, sessionPrototype }: Context<Data>,
  { session, now }: Pick<Listed, 'session' | 'now'>,
): Session<Data, Id> {
  const own: Omit<Session<Data, Id>, 'signal'> & { __proto__: object } = {
    __proto__: sessionPrototype,
    id: formatId(session.id),
    userId: session.userId as Id | null,
    createdAt: new Date(session.createdAt),
    lastSeenAt: new Date(session.lastSeenAt),
    expiresAt: new Date(expiresAt(session, policy)),
    idleExpiresAt: new Date(idleExpiresAt(session, policy)),
    persistent: session.persistent,
    authenticatedAt: session.authenticatedAt === null ? null : new Date(session.authenticatedAt),
    methods: session.methods,
    ip: session.ip,
    device: session.device,
    clientId: session.clientId,
    impersonatorId: session.impersonatorId as Id | null,
    data: data.decode(session.data),
    readAt: new Date(now),
  }
  return own as unknown as Session<Data, Id>
}
