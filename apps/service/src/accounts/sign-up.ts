import type { RequestHead } from 'cloakroom'
import type { SignUpPolicy } from '../config.ts'
import type { Database, Queries } from '../database/database.ts'
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

  /** Returns the invite that coming in uses up; `undefined`: it takes none. */
  async function admit(queries: Queries, invite: string | undefined): Promise<string | undefined> {
    if (policy === 'open') return undefined
    const hasAdministrator = await accounts.hasAdministrator(queries)
    if (invite !== undefined) {
      if (!hasAdministrator && (await setupCode.isValid(queries, invite))) return undefined
      if (policy === 'invite' && (await invites.isValid(queries, invite))) return invite
    }
    const closed = policy === 'closed' && hasAdministrator
    throw new ServiceError(closed ? 'sign_up_closed' : 'invite_invalid')
  }

  /** Of two at once with one invite, or with one address, one gets through. */
  async function insert(
    queries: Queries,
    { email, hash, invite }: { email: string; hash: string; invite: string | undefined },
  ): Promise<ServiceUser> {
    const used = await admit(queries, invite)
    const account = await accounts.add(queries, email, hash)
    if (account === undefined) throw new ServiceError('email_taken')
    const { id, emailVerified, admin } = account
    if (used !== undefined && !(await invites.use(queries, used, id))) {
      throw new ServiceError('invite_invalid')
    }
    return { id, email, emailVerified, admin }
  }

  return async (
    input: Credentials & { invite?: string | undefined },
    head: RequestHead,
  ): Promise<ServiceUser> => {
    const { password, invite } = input
    if (policy === 'closed' && (await accounts.hasAdministrator(database))) {
      throw new ServiceError('sign_up_closed')
    }
    await throttle.spend('sign-up', head.ip).catch((error) => {
      log('excess_rate_limit_exceeded', { level: 'WARN', action: 'sign_up', ip: head.ip })
      throw error
    })
    await admit(database, invite)
    const email = normaliseEmail(input.email)
    if (email === undefined) throw new ServiceError('email_invalid')
    const problem = passwordProblem(password, { email, words: parts.words })
    if (problem !== undefined) throw new ServiceError(problem)
    if ((await accounts.idOf(email)) !== undefined) throw new ServiceError('email_taken')
    const hash = await passwords.hash(password)
    const user = await database.transaction((queries) => insert(queries, { email, hash, invite }))
    log('user_created', { userId: user.id, ip: head.ip })
    return user
  }
}
