import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from '../errors.ts'
import type { Context } from './context.ts'
import { deathOf } from './policy.ts'
import type { Session } from './session.ts'
import { parseId } from './session-id.ts'
import { snapshot } from './snapshot.ts'
import type { UserId } from './user.ts'

/** A shallow patch (`undefined` removes a key), or a function from the old to the new. */
export type DataChange<Data, Input> = Partial<Input> | ((data: Data) => Input)

const attempts = 20

/**
 * Changes a live session's `data` and nothing else, on the version that was read: of two changes
 * at once neither is lost. Can run a function several times. `undefined`: the session has ended.
 *
 * @throws {CloakroomError} `invalid_data`, `update_conflict`, `store_unavailable`
 */
export async function updateData<Data, Input, Id extends UserId>(
  context: Context<Data>,
  sessionId: string,
  change: DataChange<Data, Input>,
): Promise<Session<Data, Id> | undefined> {
  const id = parseId(sessionId)
  if (id === undefined) return undefined
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    // Or else those who lose a round meet again in the next.
    if (attempt > 0) await delay(Math.random() * Math.min(2 ** attempt, 64))
    const found = await context.store.find(id)
    if (found === undefined || deathOf(found, context.policy) !== undefined) return undefined
    const { session } = found
    const old = context.data.decode(session.data)
    const changed = typeof change === 'function' ? change(old) : { ...old, ...change }
    const data = await context.data.encode(changed)
    const outcome = await context.store.update(id, session.dataVersion, data)
    if (outcome === 'gone') return undefined
    if (outcome === 'updated') {
      return snapshot(context, { ...found, session: { ...session, data } })
    }
  }
  throw new CloakroomError('update_conflict', `Session data changed ${attempts} times meanwhile.`)
}
