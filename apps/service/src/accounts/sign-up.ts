import type { RequestHead } from 'cloakroom'
import type { SignUpPolicy } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { Credentials, ServiceUser } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Accounts } from './accounts.ts'
import { normaliseEmail } from './email.ts'
import type { Invites } from './invites.ts'
import { passwordProblem } from './password-rules.ts'
import type { Passwords } from './passwords.ts'
import type { SetupCode } from './setup-code.ts'
import type { Throttle } from './throttle.ts'

interface Parts {
  readonly database: Database
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly invites: Invites
  readonly setupCode: SetupCode
  readonly throttle: Throttle
  readonly log: Log
  readonly policy: SignUpPolicy
  /** Words of the service that a password must not consist of. */
  readonly words: readonly string[]
}

/**
 * Makes an account, and signs nobody in. Where not everybody may sign up, the first administrator
 * still has to: until there is one, the setup code counts as an invite, which it does not use up.
 */
export function signUpWith(parts: Parts) {
  const { database, accounts, passwords, invites, setupCode, throttle, log, policy } = parts

  function isAdmitted(invite: string | undefined): boolean {
    if (policy === 'open') return true
    if (invite === undefined) return false
    if (!accounts.hasAdministrator() && setupCode.isValid(invite)) return true
    return policy === 'invite' && invites.isValid(invite)
  }

  function refuseUnlessAdmitted(invite: string | undefined): void {
    if (isAdmitted(invite)) return
    const closed = policy === 'closed' && accounts.hasAdministrator()
    throw new ServiceError(closed ? 'sign_up_closed' : 'invite_invalid')
  }

  /** Of two at once with one invite, or with one address, one gets through. */
  function insert(email: string, hash: string, invite: string | undefined): ServiceUser {
    refuseUnlessAdmitted(invite)
    const account = accounts.add(email, hash)
    if (account === undefined) throw new ServiceError('email_taken')
    if (policy === 'invite' && invite !== undefined) invites.use(invite, account.id)
    return { id: account.id, email: account.email, admin: account.admin }
  }

  return async (
    input: Credentials & { invite?: string | undefined },
    head: RequestHead,
  ): Promise<ServiceUser> => {
    const { password, invite } = input
    if (policy === 'closed' && accounts.hasAdministrator()) throw new ServiceError('sign_up_closed')
    await throttle.spend('sign-up', head.ip).catch((error) => {
      log('excess_rate_limit_exceeded', { level: 'WARN', action: 'sign_up', ip: head.ip })
      throw error
    })
    refuseUnlessAdmitted(invite)
    const email = normaliseEmail(input.email)
    if (email === undefined) throw new ServiceError('email_invalid')
    const problem = passwordProblem(password, { email, words: parts.words })
    if (problem !== undefined) throw new ServiceError(problem)
    if (accounts.idOf(email) !== undefined) throw new ServiceError('email_taken')
    const hash = await passwords.hash(password)
    const user = await database.write(() => insert(email, hash, invite))
    log('user_created', { userId: user.id, ip: head.ip })
    return user
  }
}
