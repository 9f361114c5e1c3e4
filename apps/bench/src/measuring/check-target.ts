import { CheckFailed } from 'should-i-use-jwt/measuring'
import type { Target } from '../targets/target.ts'

export { CheckFailed }

/**
 * Asserts that the target authenticates the right user for each of these sessions.
 * @throws {CheckFailed}
 */
export async function checkAuthenticates(
  target: Target,
  sessions: Iterable<number>,
  owners: Int32Array,
): Promise<void> {
  for (const session of sessions) {
    const user = await authenticatedUser(target, target.credentials[session])
    if (user !== owners[session]) {
      throw new CheckFailed(
        `${target.name}: session ${session} is of user ${owners[session]}, but the answer is ${user === undefined ? 'not authenticated' : `user ${user}`}`,
      )
    }
  }
}

/**
 * Asserts that the target refuses every wrong credential.
 * @throws {CheckFailed}
 */
export async function checkRefuses(target: Target): Promise<void> {
  const wrong = Object.entries(target.wrong)
  if (wrong.length === 0) throw new CheckFailed(`${target.name} has no credential to refuse`)
  for (const [what, credential] of wrong) {
    const user = await authenticatedUser(target, credential)
    if (user !== undefined) {
      throw new CheckFailed(`${target.name}: user ${user} got in with ${what}`)
    }
  }
}

async function authenticatedUser(target: Target, credential: unknown): Promise<number | undefined> {
  try {
    return target.userOf(await target.authenticate(credential))
  } catch (error) {
    if (target.isRefusal?.(error)) return undefined
    throw error
  }
}
