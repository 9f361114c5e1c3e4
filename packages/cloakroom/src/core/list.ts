import type { Context } from './context.ts'
import { endOf } from './policy.ts'
import type { Session } from './session.ts'
import { snapshot } from './snapshot.ts'
import { type AnyUser, checkUserId } from './user.ts'

/**
 * The user's live sessions, newest first: those that others impersonate it in included, and those of
 * OAuth clients.
 * @throws {CloakroomError} `invalid_user_id`, `store_unavailable`
 */
export async function list<User extends AnyUser, Data>(
  context: Context<Data>,
  userId: User['id'],
): Promise<Session<Data, User['id']>[]> {
  checkUserId(context.userIdType, userId)
  const rows = await context.store.list(userId)
  return rows
    .filter(
      (row) =>
        endOf({ ...row, blocked: false, user: { id: userId } }, context.policy) === undefined,
    )
    .map((row) => snapshot(context, row))
}
