import { timeOf } from '../../core/session-id.ts'
import type { Created, NewSession, SessionCap } from '../../core/store.ts'
import { bucketOfHex, bucketOfOwner, hexOf, type Owner, toBuffer } from './keys.ts'
import type { Argument, Reply } from './link.ts'
import type { Replacing } from './replace-far.ts'
import { type Row, toSession, toText, toTexts } from './row.ts'
import { admit, create } from './scripts/create.ts'
import { judge, type Parts, readSnapshot } from './snapshots.ts'

/** A session to be made, and what is known before its script runs. */
export interface Beginning {
  readonly wanted: NewSession
  readonly id: string
  readonly owner: Owner | null
  readonly impersonator: Owner | null
  readonly impersonatorEpoch: number
  readonly isActive: boolean
  /** Whether the keys of its user are in its own slot. */
  readonly isNear: boolean
  readonly replacing: Replacing
}

export type Answer =
  | { readonly outcome: Exclude<Created['outcome'], 'created'> | 'taken' }
  | {
      readonly outcome: 'created'
      readonly now: number
      readonly row: Row
      readonly removed: readonly string[]
      /** Sessions over the cap that are yet to be ended. */
      readonly surplus: readonly string[]
      readonly strays: Reply
    }

/** Or the ids of sessions elsewhere of which a script asks whether they count under the cap. */
type Answered = Answer | { readonly outcome: 'unknown'; readonly ids: readonly string[] }

/** Of sessions elsewhere: when those began that count under the cap, and 0 for the others. */
type Known = Map<string, number>

export async function placeSession(parts: Parts, beginning: Beginning): Promise<Answer> {
  const place = beginning.isNear ? placeNear : placeFar
  const known: Known = new Map()
  for (;;) {
    const answer = await place(parts, beginning, known)
    if (answer.outcome !== 'unknown') return answer
    // What has come since the first round is just being made, and counts.
    const isFirst = known.size === 0
    await Promise.all(
      answer.ids.map(async (id) => {
        known.set(id, isFirst ? await beganAt(parts, beginning, id) : Number.MAX_SAFE_INTEGER)
      }),
    )
  }
}

function placeNear(parts: Parts, beginning: Beginning, known: Known): Promise<Answered> {
  return runCreate(parts, beginning, ['', ''], capWords(beginning.wanted.cap, known))
}

/** First the user's slot, whose index then counts the session, then its own. */
async function placeFar(parts: Parts, beginning: Beginning, known: Known): Promise<Answered> {
  const { wanted, id, isActive, impersonatorEpoch } = beginning
  const owner = beginning.owner as Owner
  const [outcome, ...admitted] = await parts.calls.run(admit, {
    home: bucketOfOwner(owner),
    keys: [parts.keys.state(owner), parts.keys.index(owner)],
    args: [
      ...[id, owner, String(impersonatorEpoch), String(wanted.epoch ?? '')],
      ...[String(wanted.lifetimeMs), isActive ? '1' : '0'],
      beginning.replacing.far?.id ?? '',
      ...capWords(wanted.cap, known),
    ],
  })
  if (toText(outcome) !== 'admitted') return toAnswered([outcome as Reply, ...admitted])
  const [epoch, everybody, surplus] = admitted
  const answer = await runCreate(parts, beginning, [String(epoch), String(everybody)], [])
  // A refused one stays in the index until it expires: another sign-in may just be making the same
  // session, and must not go unlisted.
  return answer.outcome === 'created' ? { ...answer, surplus: toTexts(surplus) } : answer
}

async function runCreate(
  { calls, keys }: Parts,
  { wanted, id, owner, impersonator, impersonatorEpoch, isActive, replacing, isNear }: Beginning,
  admission: readonly [epoch: string, everybody: string],
  cap: readonly string[],
): Promise<Answered> {
  const home = bucketOfHex(id)
  const userKeys = owner !== null && isNear ? [keys.state(owner), keys.index(owner)] : []
  const { near, far } = replacing
  const nearId = near && hexOf(near.id)
  const replacedKeys = nearId === undefined ? [] : [keys.session(nearId)]
  const version = wanted.replaces?.version
  const args: Argument[] = [
    ...[id, toBuffer(wanted.secretHash), toBuffer(wanted.familyHash)],
    ...[owner ?? '', impersonator ?? ''],
    ...[String(wanted.epoch ?? ''), wanted.clientId ?? '', String(wanted.lifetimeMs)],
    ...[wanted.persistent ? '1' : '0', wanted.authenticated ? '1' : '0'],
    ...[wanted.methods.join(' '), wanted.ip ?? '', wanted.device ?? ''],
    ...[far?.data ?? wanted.data, String(timeOf(wanted.id))],
    ...[String(wanted.maxClockSkewMs ?? ''), isActive ? '1' : '0', ...admission],
    ...[String(impersonatorEpoch), nearId ?? '', near ? toBuffer(near.familyHash) : ''],
    ...[near?.carryData === true ? '1' : '0', String(near?.version ?? '')],
    ...[far?.id ?? '', String((version ?? -1) + 1), ...cap],
  ]
  const named = [keys.session(id), ...userKeys, ...replacedKeys]
  return toAnswered(await calls.run(create, { home, keys: [...new Set(named)], args }))
}

function toAnswered([outcome, ...rest]: readonly Reply[]): Answered {
  const text = toText(outcome ?? null)
  if (text === 'unknown') return { outcome: text, ids: toTexts(rest[0]) }
  if (text !== 'created') return { outcome: text as Exclude<Answer['outcome'], 'created'> }
  const [now, row, removed, surplus, strays] = rest
  return {
    outcome: text,
    now: now as number,
    row: row as Row,
    removed: toTexts(removed),
    surplus: toTexts(surplus),
    strays: strays ?? null,
  }
}

function capWords(cap: SessionCap | undefined, known: Known): string[] {
  if (cap === undefined) return []
  const { limit, whenReached, idleTimeoutMs, absoluteTimeoutMs, nonPersistentTimeoutMs } = cap
  const pairs = [...known].flatMap(([id, beganAt]) => [id, String(beganAt)])
  const timeouts = [idleTimeoutMs, absoluteTimeoutMs, nonPersistentTimeoutMs].map(String)
  return [String(limit), whenReached, ...timeouts, ...pairs]
}

/** The rule of the script, for a session that is elsewhere. */
async function beganAt(
  parts: Parts,
  { wanted: { cap, userId } }: Beginning,
  id: string,
): Promise<number> {
  const snapshot = await readSnapshot(parts, id)
  if (snapshot === undefined || cap === undefined) return 0
  const session = toSession(Buffer.from(id, 'hex'), snapshot.row, parts.idType)
  const { impersonatorId, clientId, createdAt, lastSeenAt, persistent } = session
  const lifetimeMs = persistent ? cap.absoluteTimeoutMs : cap.nonPersistentTimeoutMs
  const isRecent =
    snapshot.now < createdAt + lifetimeMs && snapshot.now < lastSeenAt + cap.idleTimeoutMs
  const isOrdinary = session.userId === userId && impersonatorId === null && clientId === null
  const { liveEpoch } = await judge(parts, snapshot)
  return isRecent && isOrdinary && session.epoch === liveEpoch ? createdAt : 0
}
