import type { Cloakroom } from 'cloakroom'
import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { OAuth } from '../oauth/oauth.ts'
import type { Administration, ServiceUser, SessionData, UserSummary } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Account, Accounts } from './accounts.ts'
import { createActs } from './acts.ts'
import type { AuditLog } from './audit-log.ts'
import { clientAdministration } from './client-administration.ts'
import { spell } from './email.ts'
import type { Invites } from './invites.ts'

interface Parts {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  readonly database: Database
  readonly accounts: Accounts
  readonly invites: Invites
  readonly auditLog: AuditLog
  readonly oauth: OAuth | undefined
  readonly log: Log
}

const pageSize = 50

export function administration(parts: Parts): Administration {
  const { auth, accounts, invites, auditLog, log } = parts
  const acts = createActs(parts)
  const { requireAdministrator, requireSteppedUp, audited } = acts

  async function find(id: string): Promise<Account> {
    const account = await accounts.find(id)
    if (account === undefined) throw new ServiceError('not_found')
    return account
  }

  async function summary({ id, email, admin, createdAt }: Account): Promise<UserSummary> {
    return { id, email, admin, createdAt, blockedAt: await auth.blockedAt(id) }
  }

  return {
    async users(actor, { prefix, after }) {
      requireAdministrator(actor)
      const start = after === undefined ? '' : (await accounts.find(after))?.email
      if (start === undefined) throw new ServiceError('invalid_input')
      const query = { prefix: spell(prefix), after: start }
      const found = await accounts.page({ ...query, limit: pageSize + 1 })
      const items = await Promise.all(found.slice(0, pageSize).map(summary))
      return { items, next: found.length > pageSize ? (items.at(-1)?.id ?? null) : null }
    },

    async user(actor, id) {
      requireAdministrator(actor)
      const user = await summary(await find(id))
      return { user, sessions: await auth.list(id) }
    },

    async block(actor, id, head) {
      requireSteppedUp(actor)
      if (id === actor.user.id) throw new ServiceError('not_yourself')
      const target = await find(id)
      const act = { actor, head, action: 'user_blocked', target }
      const ended = await audited(act, () => auth.block(id))
      log('session_expired', { reason: 'blocked', userId: id, count: ended.length })
    },

    async unblock(actor, id, head) {
      requireSteppedUp(actor)
      if (id === actor.user.id) throw new ServiceError('not_yourself')
      const target = await find(id)
      await audited({ actor, head, action: 'user_unblocked', target }, () => auth.unblock(id))
    },

    async endSession(actor, userId, sessionId, head) {
      requireSteppedUp(actor)
      const target = await find(userId)
      const sessions = await auth.list(userId)
      if (!sessions.some(({ id }) => id === sessionId)) throw new ServiceError('not_found')
      const act = { actor, head, action: 'session_ended', target, detail: sessionId }
      await audited(act, () => auth.revoke({ sessionId, userId }))
      log('session_expired', { reason: 'ended_by_admin', userId, sessionId })
    },

    async endSessions(actor, userId, head) {
      requireSteppedUp(actor)
      const target = await find(userId)
      const act = { actor, head, action: 'user_signed_out', target }
      const ended = await audited(act, () => auth.revoke({ userId }))
      log('session_expired', { reason: 'ended_by_admin', userId, count: ended.length })
      return ended.length
    },

    async endEverybodysSessions(actor, head) {
      requireSteppedUp(actor)
      const act = { actor, head, action: 'everybody_signed_out', target: undefined }
      const ended = await audited(act, () => auth.revoke({ everybody: true }))
      log('session_expired', { reason: 'ended_by_admin', count: ended.length })
      return ended.length
    },

    async invite(actor, head) {
      requireSteppedUp(actor)
      const act = { actor, head, action: 'invite_created', target: undefined }
      return acts.recorded(act, (queries) => invites.create(queries, actor.user.id))
    },

    ...clientAdministration({ acts, oauth: parts.oauth }),

    async audit(actor, { before }) {
      requireAdministrator(actor)
      return auditLog.page({ before, limit: pageSize })
    },
  }
}
