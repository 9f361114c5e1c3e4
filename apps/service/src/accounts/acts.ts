import type { Cloakroom, RequestHead } from 'cloakroom'
import type { Database, Queries } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { Actor, ServiceUser, SessionData } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { AuditLog } from './audit-log.ts'
import { refuseImpersonated, requireStepUp } from './own-account.ts'

/** Something that an administrator does. */
export interface Act {
  readonly actor: Actor
  readonly head: RequestHead
  /** Stable name such as `user_blocked`. */
  readonly action: string
  readonly target: ServiceUser | undefined
  readonly detail?: string | null
}

/** How administrators act: they may, they have just proved who they are, and it is on record. */
export interface Acts {
  /** @throws {ServiceError} `forbidden`, `impersonated_session` */
  requireAdministrator(actor: Actor): void
  /** @throws {ServiceError} the same, and `step_up_required` */
  requireSteppedUp(actor: Actor): void
  /** For what is done elsewhere: the entry comes first, and if the act fails, another says so. */
  audited<Result>(act: Act, work: () => Promise<Result>): Promise<Result>
  /** For what is done in the database of the audit log: both or neither. */
  recorded<Result>(act: Act, work: (queries: Queries) => Promise<Result>): Promise<Result>
}

interface Parts {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  readonly database: Database
  readonly auditLog: AuditLog
  readonly log: Log
}

export function createActs({ auth, database, auditLog, log }: Parts): Acts {
  function requireAdministrator(actor: Actor): void {
    refuseImpersonated(actor)
    if (actor.user.admin) return
    log('authz_fail', { level: 'WARN', action: 'administration', userId: actor.user.id })
    throw new ServiceError('forbidden')
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

  return {
    requireAdministrator,

    requireSteppedUp(actor) {
      requireAdministrator(actor)
      requireStepUp(auth, actor)
    },

    // Sessions are on another connection, so no transaction can hold both.
    async audited(act, work) {
      await record(database, act)
      report(act)
      try {
        return await work()
      } catch (error) {
        await record(database, { ...act, detail: 'failed' })
        report(act)
        throw error
      }
    },

    async recorded(act, work) {
      const result = await database.transaction(async (queries) => {
        await record(queries, act)
        return work(queries)
      })
      report(act)
      return result
    },
  }
}
