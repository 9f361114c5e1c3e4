import type { UserId } from '../core/user.ts'

/** Says whom a session object stands for; nobody: `null` or `undefined`. */
export type UserIdOption<Data, Id extends UserId = UserId> = (
  session: Data,
) => Id | null | undefined

export function checkUserIdOption<Data>(userId: unknown): UserIdOption<Data> {
  if (typeof userId === 'function') return userId as UserIdOption<Data>
  throw new TypeError(
    'userId must be a function that returns the id of the user whose session object it is given',
  )
}
