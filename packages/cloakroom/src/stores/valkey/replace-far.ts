import type { NewSession, Replaced } from '../../core/store.ts'
import { unavailable } from './failure.ts'
import { bucketOfHex, hexOf, toBuffer } from './keys.ts'
import { field, hasFamily, toText } from './row.ts'
import { end } from './scripts/sessions.ts'
import { type Parts, readSnapshot } from './snapshots.ts'
import { settleStrays } from './strays.ts'

/** A session in another slot than the one that replaces it. */
export interface FarReplaced {
  readonly id: string
  readonly familyHash: Uint8Array
  /** What the new session takes over; `undefined`: nothing. */
  readonly data: string | undefined
  readonly dataVersion: number
  /** Whether it must not have changed. */
  readonly isVersioned: boolean
}

const maxRounds = 10

/** What a new session replaces: by the script that makes it, or afterwards. */
export interface Replacing {
  readonly near?: Replaced
  readonly far?: FarReplaced
}

export async function findReplaced(
  parts: Parts,
  { id, replaces }: NewSession,
): Promise<Replacing | 'conflict'> {
  if (replaces === undefined) return {}
  const replacedId = hexOf(replaces.id)
  const isNear = bucketOfHex(replacedId) === bucketOfHex(hexOf(id))
  if (isNear || !parts.isCluster) return { near: replaces }
  const { familyHash, carryData, version } = replaces
  const isVersioned = version !== undefined
  const row = (await readSnapshot(parts, replacedId))?.row
  const isThere = row !== undefined && hasFamily(row, familyHash)
  const dataVersion = row?.[field.dataVersion - 1] as number
  if (isVersioned && !(isThere && dataVersion === version)) return 'conflict'
  if (!isThere) return {}
  const data = carryData ? (toText(row[field.data - 1]) ?? undefined) : undefined
  return { far: { id: replacedId, familyHash, data, dataVersion, isVersioned } }
}

/**
 * Ends it, now that the new session is there, and says which data it had in the end, if that is to be
 * taken over: an update since it was read has been acknowledged. No `ids`: somebody else ended it.
 */
export async function endFarReplaced(
  parts: Parts,
  replaced: FarReplaced,
): Promise<{ ids: string[]; data: string | undefined } | 'conflict'> {
  const { id, familyHash, isVersioned } = replaced
  const isWatched = isVersioned || replaced.data !== undefined
  let { data, dataVersion } = replaced
  for (let round = 0; round < maxRounds; round += 1) {
    const [outcome, ...rest] = await parts.calls.run(end, {
      home: bucketOfHex(id),
      keys: [parts.keys.session(id)],
      args: [id, '', toBuffer(familyHash), isWatched ? String(dataVersion) : ''],
    })
    const text = toText(outcome ?? null)
    if (text === 'ended') {
      await settleStrays(parts, rest[0])
      return { ids: [id], data }
    }
    if (isVersioned) return 'conflict'
    if (text === 'absent') return { ids: [], data: undefined }
    dataVersion = rest[0] as number
    data = toText(rest[1]) ?? undefined
  }
  throw unavailable('The session to be replaced kept changing.')
}
