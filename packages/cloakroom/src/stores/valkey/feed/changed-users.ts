import type { Invalidation } from '../../../core/revocation-feed.ts'
import type { UserIdType } from '../../../core/user.ts'
import { type Keys, type Owner, userIdOf } from '../keys.ts'
import type { Reply } from '../link.ts'
import { toTexts } from '../row.ts'

/** Whom it concerns that these keys have changed, are gone or have expired. `null`: all of them. */
export function toInvalidation(changed: Reply, keys: Keys, idType: UserIdType): Invalidation {
  const start = keys.start('u')
  const names = changed === null ? [] : toTexts(changed)
  if (changed === null || names.some((name) => !name.startsWith(start))) return { everybody: true }
  return { userIds: names.map((name) => userIdOf(toOwner(name.slice(start.length)), idType)) }
}

/** Of `3f2}:alice`. */
function toOwner(rest: string): Owner {
  return rest.slice(0, 3) + rest.slice(5)
}
