import type { Context } from '../core/context.ts'
import { deathOf, lifetime, shortestTouchInterval, touchIsDue } from '../core/policy.ts'
import { refusal, type SignInState } from '../core/sign-in.ts'
import type { Found } from '../core/store.ts'
import { sameHash } from '../core/token.ts'
import { checkUserId, type UserId } from '../core/user.ts'
import {
  type Changes,
  changesBetween,
  type Entries,
  entriesOf,
  toText,
  withChanges,
} from './entries.ts'
import { maxAgeOf, ownPolicy, type SessionData, withExpiry } from './session-data.ts'
import { keysOf, type SidKeys } from './sid.ts'
import type { UserIdOption } from './user-id-option.ts'

/** What a session object was loaded from, or was last saved as. */
export interface Known {
  readonly sid: string
  /** The row as it was then. Others may have changed it since. */
  readonly found: Found
  /** JSON of the object itself as it was then, from which its changes are told. */
  readonly text: string
  /** Whether the session, or its user's log-in, begins with this object. */
  readonly isNew: boolean
}

/** Whose request it is that saves. */
export interface Client {
  readonly ip: string | null
  readonly device: string | null
  /** Of the sign-in that this request began before it checked the credential. */
  readonly signIn?: SignInState | undefined
}

/** Sessions whose ids a framework chooses. All verbs may throw `store_unavailable`. */
export interface FrameworkSessions {
  /** `undefined`: there is none that is live. */
  load(sid: string): Promise<{ data: SessionData; known: Known } | undefined>
  /** Inserts. Throws as a sign-in does. */
  begin(sid: string, entries: Entries, client: Client): Promise<Known>
  /**
   * Writes what the object has changed since it was `known`, and no more: what others changed
   * stays. Never inserts. `undefined`: the session that the object knew has ended.
   */
  save(known: Known, entries: Entries, client: Client): Promise<Known | undefined>
  end(sid: string): Promise<void>
}

interface Live {
  readonly found: Found
  readonly data: SessionData
}

const attempts = 20

export function frameworkSessions(
  { store, policy, cap, seen, userIdType }: Context<unknown>,
  userIdOf: UserIdOption<SessionData>,
): FrameworkSessions {
  const userOf = (data: SessionData): UserId | null => userIdOf(data) ?? null

  async function findLive({ id, hash }: SidKeys): Promise<Live | undefined> {
    const found = await store.find(id)
    if (found === undefined || !sameHash(found.secretHash, hash)) return undefined
    const data: SessionData = JSON.parse(found.session.data)
    // What ends a user's sessions goes by the row, so the object may name nobody else.
    if (userOf(data) !== found.session.userId) return undefined
    return deathOf(found, ownPolicy(data, policy)) === undefined ? { found, data } : undefined
  }

  /** Inserts the session, in the place of `replaced` if that is still as it was found. */
  async function create(
    { id, hash }: SidKeys,
    text: string,
    client: Client,
    replaced?: Found,
  ): Promise<Found | undefined> {
    const data: SessionData = JSON.parse(text)
    const userId = userOf(data)
    if (userId !== null) checkUserId(userIdType, userId)
    const persistent = maxAgeOf(data) !== undefined
    const created = await store.create({
      id,
      // A framework's session id never rotates: all of it lasts as long as the session.
      secretHash: hash,
      familyHash: hash,
      userId,
      impersonatorId: null,
      epoch: client.signIn?.userId === userId ? client.signIn.epoch : undefined,
      clientId: null,
      lifetimeMs: lifetime(policy, { persistent, impersonated: false }),
      persistent,
      authenticated: userId !== null,
      methods: [],
      ip: client.ip,
      device: client.device,
      data: text,
      maxClockSkewMs: undefined,
      replaces: replaced && {
        id,
        familyHash: hash,
        carryData: false,
        version: replaced.session.dataVersion,
      },
      cap: userId === null ? undefined : cap,
    })
    if (created.outcome === 'created') return created.found
    if (created.outcome === 'conflict') return undefined
    throw refusal(created.outcome)
  }

  /** Makes the changes if the row is still as it was found. */
  async function write(
    keys: SidKeys,
    found: Found,
    changes: Changes,
    client: Client,
    isNew: boolean,
  ): Promise<Found | undefined> {
    const { session } = found
    const text = toText(withChanges(entriesOf(JSON.parse(session.data)), changes))
    const data: SessionData = JSON.parse(text)
    const persistent = isNew ? maxAgeOf(data) !== undefined : session.persistent
    // Owner and lifetime of a row are for ever: with others it is another session.
    if (userOf(data) !== session.userId || persistent !== session.persistent) {
      return create(keys, text, client, found)
    }
    const outcome = await store.update(keys.id, session.dataVersion, text)
    if (outcome !== 'updated') return undefined
    return { ...found, session: { ...session, data: text, dataVersion: session.dataVersion + 1 } }
  }

  async function touch({ found, data }: Live): Promise<void> {
    const own = ownPolicy(data, policy)
    if (own === policy) seen(found)
    // That would come too late, for it goes by the interval of the policy.
    else if (touchIsDue(found, own)) {
      await store.touch([found.session.id], shortestTouchInterval(own))
    }
  }

  return {
    async load(sid) {
      const live = await findLive(keysOf(sid))
      if (live === undefined) return undefined
      await touch(live)
      const { found, data } = live
      const known = { sid, found, text: found.session.data, isNew: false }
      return { data: withExpiry(data, found), known }
    },

    async begin(sid, entries, client) {
      const text = toText(entries)
      // Replaces nothing, so nothing can have come in between.
      const found = (await create(keysOf(sid), text, client)) as Found
      return { sid, found, text, isNew: true }
    },

    async save(known, entries, client) {
      const { sid } = known
      const changes = changesBetween(entriesOf(JSON.parse(known.text)), entries)
      if (changes.size === 0) return known

      const keys = keysOf(sid)
      const text = toText(entries)
      const { userId: was } = known.found.session
      const wanted = userOf(JSON.parse(text))
      const isNew = known.isNew || wanted !== was
      let { found } = known
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const written = await write(keys, found, changes, client, isNew)
        if (written !== undefined) return { sid, found: written, text, isNew }
        const current = await findLive(keys)
        const owner = current?.found.session.userId
        // With another owner it is another session, into which this object must write nothing; but a
        // log-out is never late, and what a visitor did before the log-in is not lost.
        const isSame = owner === was || owner === wanted || wanted === null
        if (current === undefined || !isSame) {
          if (wanted !== was && wanted !== null) throw refusal('superseded')
          return undefined
        }
        found = current.found
      }
      throw refusal('conflict')
    },

    async end(sid) {
      const { id, hash } = keysOf(sid)
      await store.revoke({ sessionId: id, familyHash: hash })
    },
  }
}
