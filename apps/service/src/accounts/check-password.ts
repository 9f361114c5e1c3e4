import type { Log } from '../log.ts'
import { ServiceError } from '../service-error.ts'
import { type Accounts, nobody, type StoredPassword } from './accounts.ts'
import { longestPassword } from './password-rules.ts'
import type { Passwords } from './passwords.ts'
import type { Attempt, Throttle } from './throttle.ts'

export interface PasswordQuestion {
  /** Under which attempts are counted, whether or not anybody has it. */
  readonly email: string
  /** `undefined`: nobody. Takes as long as for anybody. */
  readonly userId: string | undefined
  readonly password: string
  readonly ip: string | undefined
  /** For the log. */
  readonly action: 'sign_in' | 'step_up' | 'change_password'
}

/** The password was right. The attempt counts as failed until the caller says that it succeeded. */
export interface CheckedPassword {
  readonly userId: string
  readonly stored: StoredPassword
  readonly attempt: Attempt
}

/**
 * The one way to check a password, for every page and API that asks for it (ASVS 6.1.3): if there is
 * room, it is counted, and then checked.
 * @throws {ServiceError} `invalid_credentials`, `throttled`, `overloaded`, `password_too_long`
 */
export type CheckPassword = (question: PasswordQuestion) => Promise<CheckedPassword>

interface Parts {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly throttle: Throttle
  readonly log: Log
}

export function passwordCheck({ accounts, passwords, throttle, log }: Parts): CheckPassword {
  return async ({ email, userId, password, ip, action }) => {
    // Nobody has one so long, so there is nothing to find out by hashing it.
    if ([...password].length > longestPassword) throw new ServiceError('password_too_long')
    return passwords.checking(async (verify) => {
      const guess = { secret: `password of ${email}`, ip }
      const attempt = await throttle.begin(guess).catch((error) => {
        log('excess_rate_limit_exceeded', { level: 'WARN', action, userId, ip })
        throw error
      })
      const stored = await accounts.password(userId ?? nobody)
      const right = await verify(password, stored?.hash)
      if (right && userId !== undefined && stored !== undefined) return { userId, stored, attempt }
      const reason = userId === undefined ? 'unknown_user' : 'wrong_password'
      log('authn_login_fail', { level: 'WARN', action, reason, userId, ip })
      throw new ServiceError('invalid_credentials')
    })
  }
}
