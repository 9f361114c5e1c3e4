import { bucketOfOwner, type Owner } from './keys.ts'
import type { Reply } from './link.ts'
import { toTexts } from './row.ts'
import { forget } from './scripts/users.ts'
import type { Parts } from './snapshots.ts'

/**
 * Tells users in other slots that sessions of theirs have changed, as a script answered it: pairs of
 * user and session id. Those that have ended, which is all but `kept`, leave the user's index.
 */
export async function settleStrays(
  { calls, keys }: Parts,
  reply: Reply | undefined,
  kept?: { readonly owner: Owner; readonly id: string } | 'all',
): Promise<void> {
  const words = toTexts(reply)
  const pairs = Array.from({ length: words.length / 2 }, (_, index) => {
    return { owner: words[2 * index] as Owner, id: words[2 * index + 1] as string }
  })
  const byOwner = Map.groupBy(pairs, ({ owner }) => owner)
  await Promise.all(
    [...byOwner].map(([owner, sessions]) => {
      const ended = sessions.filter(({ id }) => {
        return kept !== 'all' && !(kept?.owner === owner && kept.id === id)
      })
      const args = [owner, ...ended.map(({ id }) => id)]
      return calls.run(forget, {
        home: bucketOfOwner(owner),
        keys: [keys.state(owner), keys.index(owner)],
        args,
      })
    }),
  )
}
