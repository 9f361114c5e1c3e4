import { CloakroomError } from '../errors.ts'
import type { Context } from './context.ts'
import { maxImpersonationMs } from './policy.ts'
import { impersonated } from './rotate.ts'
import type { IssuedSession, JsonObject } from './session.ts'
import { type DeviceOptions, issue } from './sign-in.ts'
import { type AnyUser, checkUserId, type UserId } from './user.ts'
import { lookUp } from './verify.ts'

export interface ImpersonateOptions<Input = JsonObject> extends DeviceOptions {
  /** `data` of the new session. Default `{}`, if the schema takes that. */
  readonly data?: Input | undefined
  /** Seconds until it ends, 1 to 3600. Default 3600. */
  readonly lifetimeSeconds?: number | undefined
}

/**
 * Makes a session in which the user of `text` acts as another. Whether it may is the application's
 * to decide. The session ends after an hour at most, and at once when either user is blocked or
 * signed out everywhere; it cannot step up, so whatever needs step-up is closed to it, changes of
 * credentials first of all; and it cannot impersonate.
 *
 * @throws {CloakroomError} `not_authenticated`, `impersonated_session`, and as a sign-in does
 */
export async function impersonate<User extends AnyUser, Data, Input>(
  context: Context<Data>,
  text: string | undefined,
  userId: User['id'],
  options: ImpersonateOptions<Input> = {},
): Promise<IssuedSession<User, Data>> {
  checkUserId(context.userIdType, userId)
  const { lifetimeSeconds = maxImpersonationMs / 1000, ip, device, data } = options
  const lifetimeMs = Math.round(lifetimeSeconds * 1000)
  if (!(lifetimeMs >= 1000 && lifetimeMs <= maxImpersonationMs)) {
    throw new RangeError('lifetimeSeconds must be from 1 to 3600')
  }
  const impersonatorId = await impersonatorOf(context, text)
  if (impersonatorId === userId) throw new TypeError('A user cannot impersonate itself')
  const epoch = await context.store.epoch(userId, impersonatorId)
  // Again: what ended the impersonator's session before the epoch was read is seen here, and what
  // ends it afterwards raises the epoch.
  await impersonatorOf(context, text)
  const beginning = { userId, impersonatorId, epoch, lifetimeMs, persistent: false }
  return issue(context, { ...beginning, ip, device, data })
}

async function impersonatorOf<Data>(
  context: Context<Data>,
  text: string | undefined,
): Promise<UserId> {
  const current = await lookUp(context, text)
  const { userId = null, impersonatorId = null } =
    typeof current === 'string' ? {} : current.found.session
  if (userId === null) {
    throw new CloakroomError('not_authenticated', 'Only a signed-in user can impersonate another.')
  }
  if (impersonatorId !== null) throw impersonated('impersonate')
  return userId
}
