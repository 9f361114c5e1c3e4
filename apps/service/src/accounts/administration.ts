import type { Cloakroom, RequestHead } from 'cloakroom'
import type { Database, Queries } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { Actor, Administration, ServiceUser, SessionData, UserSummary } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Account, Accounts } from './accounts.ts'
import type { AuditLog } from './audit-log.ts'
import { spell } from './email.ts'
import type { Invites } from './invites.ts'
import { refuseImpersonated, requireStepUp } from './own-account.ts'

interface Parts {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  readonly database: Database
  readonly accounts: Accounts
  readonly invites: Invites
  readonly auditLog: AuditLog
  readonly log: Log
}

const pageSize = 50

export function administration(parts: Parts): Administration {
  const { auth, database, accounts, invites, auditLog, log } = parts

  function requireAdministrator(actor: Actor): void {
    refuseImpersonated(actor)
    if (actor.user.admin) return
    log('authz_fail', { level: 'WARN', action: 'administration', userId: actor.user.id })
    throw new ServiceError('forbidden')
  }

  async function find(id: string): Promise<Account> {
    const account = await accounts.find(id)
    if (account === undefined) throw new ServiceError('not_found')
    return account
  }

  async function summary({ id, email, admin, createdAt }: Account): Promise<UserSummary> {
    return { id, email, admin, createdAt, blockedAt: await auth.blockedAt(id) }
  }

  async function record(queries: Queries, act: Act): Promise<void> {
    const { actor, head, action, target, detail = null } = act
    await auditLog.append(queries, {
      actorId: actor.user.id,
      actorEmail: actor.user.email,
      action,
      targetId: target?.id ?? null,
      targetEmail: target?.email ?? null,
      ip: head.ip ?? null,
      detail,
    })
  }

  function report({ actor, head, action, target }: Act): void {
    log('authz_admin', {
      action,
      userId: actor.user.id,
      targetId: target?.id,
      sessionId: actor.session.id,
      ip: head.ip,
    })
  }

  /**
   * Sessions are on another connection, so no transaction can hold both. The entry comes first:
   * nothing happens that is not on record. If the act fails, another entry says so.
   */
  async function audited<Result>(act: Act, work: () => Promise<Result>): Promise<Result> {
    await record(database, act)
    report(act)
    try {
      return await work()
    } catch (error) {
      await record(database, { ...act, detail: 'failed' })
      report(act)
      throw error
    }
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
      requireAdministrator(actor)
      requireStepUp(auth, actor)
      if (id === actor.user.id) throw new ServiceError('not_yourself')
      const target = await find(id)
      const act = { actor, head, action: 'user_blocked', target }
      const ended = await audited(act, () => auth.block(id))
      log('session_expired', { reason: 'blocked', userId: id, count: ended.length })
    },

    async unblock(actor, id, head) {
      requireAdministrator(actor)
      requireStepUp(auth, actor)
      if (id === actor.user.id) throw new ServiceError('not_yourself')
      const target = await find(id)
      await audited({ actor, head, action: 'user_unblocked', target }, () => auth.unblock(id))
    },

    async endSession(actor, userId, sessionId, head) {
      requireAdministrator(actor)
      requireStepUp(auth, actor)
      const target = await find(userId)
      const sessions = await auth.list(userId)
      if (!sessions.some(({ id }) => id === sessionId)) throw new ServiceError('not_found')
      const act = { actor, head, action: 'session_ended', target, detail: sessionId }
      await audited(act, () => auth.revoke({ sessionId, userId }))
      log('session_expired', { reason: 'ended_by_admin', userId, sessionId })
    },

    async endSessions(actor, userId, head) {
      requireAdministrator(actor)
      requireStepUp(auth, actor)
      const target = await find(userId)
      const act = { actor, head, action: 'user_signed_out', target }
      const ended = await audited(act, () => auth.revoke({ userId }))
      log('session_expired', { reason: 'ended_by_admin', userId, count: ended.length })
      return ended.length
    },

    async endEverybodysSessions(actor, head) {
      requireAdministrator(actor)
      requireStepUp(auth, actor)
      const act = { actor, head, action: 'everybody_signed_out', target: undefined }
      const ended = await audited(act, () => auth.revoke({ everybody: true }))
      log('session_expired', { reason: 'ended_by_admin', count: ended.length })
      return ended.length
    },

    async invite(actor, head) {
      requireAdministrator(actor)
      requireStepUp(auth, actor)
      const act = { actor, head, action: 'invite_created', target: undefined }
      const invite = await database.transaction(async (queries) => {
        await record(queries, act)
        return invites.create(queries, actor.user.id)
      })
      report(act)
      return invite
    },

    async audit(actor, { before }) {
      requireAdministrator(actor)
      return auditLog.page({ before, limit: pageSize })
    },
  }
}

interface Act {
  readonly actor: Actor
  readonly head: RequestHead
  readonly action: string
  readonly target: ServiceUser | undefined
  readonly detail?: string | null
}
