import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from 'cloakroom'

const mostAttempts = 10

/** Tries again what the database undid because two transactions waited for each other. */
export async function retryConflicts<Result>(
  isConflict: (cause: { readonly code?: unknown; readonly errno?: unknown }) => boolean,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      const cause = error instanceof CloakroomError ? error.cause : undefined
      if (attempts === mostAttempts || !isConflict(cause ?? {})) throw error
    }
    await delay(Math.random() * 2 ** attempts)
  }
}
