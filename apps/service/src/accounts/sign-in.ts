import { type Cloakroom, CloakroomError, type RequestHead } from 'cloakroom'
import type { Log } from '../log.ts'
import type { OAuth } from '../oauth/oauth.ts'
import type { Credentials, Service, ServiceUser, SessionData, UserSession } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import { type Accounts, nobody } from './accounts.ts'
import type { CheckedPassword, CheckPassword } from './check-password.ts'
import { normaliseEmail, spell } from './email.ts'
import type { Passwords } from './passwords.ts'

interface Parts {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly checkPassword: CheckPassword
  readonly oauth: OAuth | undefined
  readonly log: Log
}

type SignIns = Pick<Service, 'signIn' | 'signInClient'>
type Attempt = Awaited<ReturnType<Parts['auth']['beginSignIn']>>

/**
 * Signs in. Unknown address, wrong password, blocked and banned users get one answer, which takes
 * one time (ASVS 6.3.8).
 */
export function signInWith(parts: Parts): SignIns {
  const { auth, accounts, passwords, checkPassword, oauth, log } = parts

  async function signIn<Issued extends { readonly session: UserSession }>(
    credentials: Credentials,
    head: RequestHead,
    issue: (attempt: Attempt) => Promise<Issued>,
  ): Promise<Issued> {
    const address = normaliseEmail(credentials.email)
    const email = address ?? spell(credentials.email)
    const { password } = credentials
    const userId = address === undefined ? undefined : await accounts.idOf(address)
    // Before the password is read: what ends all sessions from here on ends this attempt too.
    const attempt = await auth.beginSignIn(userId ?? nobody)
    const action = 'sign_in'
    const checked = await checkPassword({ email, userId, password, ip: head.ip, action })
    try {
      const issued = await issue(attempt)
      const { id: sessionId, clientId } = issued.session
      await endIfSuperseded(auth, accounts, checked, sessionId)
      await rehashIfOutdated(checked, password)
      const client = clientId === null ? {} : { clientId }
      const who = { userId: checked.userId, sessionId, ip: head.ip, ...client }
      log('authn_login_success', { action, ...who })
      log('session_created', who)
      await checked.attempt.succeeded()
      return issued
    } catch (error) {
      const reason = whyRefused(error)
      if (reason === undefined) throw error
      log('authn_login_fail', { level: 'WARN', action, reason, userId, ip: head.ip })
      throw new ServiceError('invalid_credentials')
    }
  }

  async function rehashIfOutdated({ userId, stored }: CheckedPassword, password: string) {
    if (!passwords.isOutdated(stored.hash)) return
    try {
      await accounts.rehash(userId, stored, await passwords.hash(password))
    } catch (error) {
      // There will be another sign-in, and this one must not be lost.
      if (error instanceof ServiceError && error.code === 'overloaded') return
      log('sys_crash', { level: 'ERROR', reason: 'rehash', userId, error })
    }
  }

  const methods = ['pwd']
  return {
    signIn: (credentials, { head, transport, persistent }) =>
      signIn(credentials, head, (attempt) =>
        auth.http.signIn(head, attempt, { transport, persistent, methods }),
      ),

    signInClient(credentials, { head, client }) {
      if (oauth === undefined) throw new ServiceError('not_found')
      const { sessions } = oauth
      // What the list of devices says: of a program, its User-Agent tells users nothing.
      const options = { methods, ip: head.ip, device: client.name }
      return signIn(credentials, head, (attempt) => sessions.signIn(attempt, client.id, options))
    },
  }
}

/** Reasons that only somebody with the right password could tell from a wrong one. */
function whyRefused(error: unknown): string | undefined {
  const refused =
    error instanceof ServiceError
      ? error.code === 'invalid_credentials'
      : error instanceof CloakroomError &&
        (error.code === 'sign_in_superseded' || error.code === 'user_inactive')
  return refused ? (error as ServiceError | CloakroomError).code : undefined
}

/**
 * Ends what a password opened that was changed since it was read. Changing it ends sign-ins under
 * way all by itself, unless the user wanted to keep the other sessions.
 * @throws {ServiceError} `invalid_credentials`
 */
export async function endIfSuperseded(
  auth: Cloakroom<ServiceUser, SessionData, SessionData>,
  accounts: Accounts,
  { userId, stored }: CheckedPassword,
  sessionId: string,
): Promise<void> {
  if ((await accounts.password(userId))?.version === stored.version) return
  await auth.revoke({ sessionId })
  throw new ServiceError('invalid_credentials')
}
