import { type Cloakroom, CloakroomError, type RequestHead } from 'cloakroom'
import type { Log } from '../log.ts'
import type { Actor, IssuedSession, Service, ServiceUser, SessionData } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Accounts } from './accounts.ts'
import type { CheckPassword } from './check-password.ts'
import { passwordProblem } from './password-rules.ts'
import type { Passwords } from './passwords.ts'
import { endIfSuperseded } from './sign-in.ts'

interface Parts {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly checkPassword: CheckPassword
  readonly log: Log
  readonly words: readonly string[]
}

type OwnAccount = Pick<
  Service,
  'stepUp' | 'changePassword' | 'sessions' | 'endSession' | 'endOtherSessions'
>

/** What a signed-in user does with the own account. */
export function ownAccount(parts: Parts): OwnAccount {
  const { auth, accounts, passwords, checkPassword, log, words } = parts

  /** The same session with a new token, in the transport that the request came by (ASVS 7.2.4). */
  async function rotate(actor: Actor, head: RequestHead): Promise<IssuedSession> {
    const issued = await auth.http.stepUp(head, {
      methods: ['pwd'],
      transports: ['cookie', 'bearer'],
    })
    if (issued === undefined) throw new ServiceError('not_authenticated')
    log('session_renewed', { userId: actor.user.id, sessionId: issued.session.id, ip: head.ip })
    return issued
  }

  function check(
    actor: Actor,
    password: string,
    head: RequestHead,
    action: 'step_up' | 'change_password',
  ) {
    const { id: userId, email } = actor.user
    return checkPassword({ email, userId, password, ip: head.ip, action })
  }

  return {
    async stepUp(actor, password, head) {
      refuseImpersonated(actor)
      const checked = await check(actor, password, head, 'step_up')
      const issued = await rotate(actor, head)
      await endIfSuperseded(auth, accounts, checked, issued.session.id)
      log('authn_login_success', {
        action: 'step_up',
        userId: actor.user.id,
        sessionId: issued.session.id,
        ip: head.ip,
      })
      await checked.attempt.succeeded()
      return issued
    },

    async changePassword(actor, { current, next, keepOthers }, head) {
      requireStepUp(auth, actor)
      const { id, email } = actor.user
      const who = { userId: id, sessionId: actor.session.id, ip: head.ip }
      const problem = passwordProblem(next, { email, words })
      if (problem !== undefined) throw new ServiceError(problem)
      const checked = await check(actor, current, head, 'change_password')
      const hash = await passwords.hash(next)
      if (!(await accounts.changePassword(id, checked.stored, hash))) {
        log('authn_password_change_fail', { level: 'WARN', reason: 'superseded', ...who })
        throw new ServiceError('invalid_credentials')
      }
      log('authn_password_change', who)
      // Before anything else that can fail: whoever knew the old password is to be gone.
      if (!keepOthers) {
        const ended = await auth.revoke({ userId: id, except: actor.session.id })
        log('session_expired', { reason: 'password_change', count: ended.length, ...who })
      }
      const issued = await rotate(actor, head)
      await checked.attempt.succeeded()
      return issued
    },

    sessions: (actor) => auth.list(actor.user.id),

    async endSession(actor, sessionId) {
      const userId = actor.user.id
      if (sessionId !== actor.session.id) requireStepUp(auth, actor)
      const [ended] = await auth.revoke({ sessionId, userId })
      if (ended === undefined) {
        log('authz_fail', { level: 'WARN', action: 'end_session', reason: 'not_found', userId })
        throw new ServiceError('not_found')
      }
      log('session_expired', { reason: 'ended_by_user', userId, sessionId: ended })
    },

    async endOtherSessions(actor) {
      requireStepUp(auth, actor)
      const userId = actor.user.id
      const ended = await auth.revoke({ userId, except: actor.session.id })
      log('session_expired', { reason: 'ended_by_user', userId, count: ended.length })
      return ended
    },
  }
}

export function refuseImpersonated({ session }: Actor): void {
  if (session.impersonatorId !== null) throw new ServiceError('impersonated_session')
}

/** @throws {ServiceError} `step_up_required`, `impersonated_session` */
export function requireStepUp(
  auth: Pick<Cloakroom<ServiceUser, SessionData, SessionData>, 'requireStepUp'>,
  actor: Actor,
): void {
  refuseImpersonated(actor)
  try {
    auth.requireStepUp(actor.session)
  } catch (error) {
    if (error instanceof CloakroomError && error.code === 'step_up_required') {
      throw new ServiceError('step_up_required')
    }
    throw error
  }
}
