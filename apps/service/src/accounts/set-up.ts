import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { Service } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Accounts } from './accounts.ts'
import type { AuditLog } from './audit-log.ts'
import { refuseImpersonated } from './own-account.ts'
import type { SetupCode } from './setup-code.ts'
import type { Throttle } from './throttle.ts'

interface Parts {
  readonly database: Database
  readonly accounts: Accounts
  readonly setupCode: SetupCode
  readonly auditLog: AuditLog
  readonly throttle: Throttle
  readonly log: Log
}

/** Makes a signed-in user the first administrator; of two at once, one. */
export function setUpWith(parts: Parts): Service['setUp'] {
  const { database, accounts, setupCode, auditLog, throttle, log } = parts
  return async (actor, code, head) => {
    refuseImpersonated(actor)
    if (await accounts.hasAdministrator(database)) throw new ServiceError('setup_closed')
    const { id, email } = actor.user
    const guess = { secret: 'setup code', ip: head.ip }
    const attempt = await throttle.begin(guess).catch((error) => {
      log('excess_rate_limit_exceeded', {
        level: 'WARN',
        action: 'set_up',
        userId: id,
        ip: head.ip,
      })
      throw error
    })
    const refusal = await database.transaction(async (queries) => {
      // Each process prints a code of its own, so the code is nothing that two would meet at.
      await queries.lockOne('select id from set_up where id = 1')
      if (await accounts.hasAdministrator(queries)) return 'setup_closed'
      if (!(await setupCode.isValid(queries, code))) return 'setup_code_invalid'
      await accounts.makeAdministrator(queries, id)
      await setupCode.voidAll(queries)
      await auditLog.append(queries, {
        actorId: id,
        actorEmail: email,
        action: 'administrator_made',
        targetId: id,
        targetEmail: email,
        ip: head.ip ?? null,
        detail: null,
      })
      return undefined
    })
    if (refusal !== undefined) {
      log('authz_fail', {
        level: 'WARN',
        action: 'set_up',
        reason: refusal,
        userId: id,
        ip: head.ip,
      })
      throw new ServiceError(refusal)
    }
    await attempt.succeeded()
    log('authz_change', { action: 'administrator_made', userId: id, ip: head.ip })
  }
}
