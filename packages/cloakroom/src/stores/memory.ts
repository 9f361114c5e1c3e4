import { announcedStore } from '../core/announced-store.ts'
import { inProcessFeeds } from '../core/in-process-feed.ts'
import { refuseOthers } from '../core/refuse-others.ts'
import { timeOf } from '../core/session-id.ts'
import type { SigningKeyStore } from '../core/signing-keys.ts'
import type {
  Created,
  Found,
  Listed,
  NewSession,
  Renewal,
  Renewed,
  Replaced,
  Rotation,
  SessionCap,
  Store,
  StoredSession,
  StoreFactory,
  StoreSelector,
  StoreStats,
} from '../core/store.ts'
import type { AnyUser, UserId, UsersLoader } from '../core/user.ts'
import { CloakroomError } from '../errors.ts'
import { hex, newRow, type Row, sameBytes } from './memory/row.ts'

export interface MemoryOptions {
  /** Whether to hear of changes made by others of the same `memory()`. Default false. */
  readonly feed?: boolean
}

/**
 * Sessions in this process's memory, for tests and for toys: they end with the process, and most
 * verbs look at every session. The users come from `users.load`, at each verification.
 *
 * What is made of one `memory()` shares its sessions, as two processes share a database.
 */
export function memory(options: MemoryOptions = {}): StoreFactory<UsersLoader> {
  refuseOthers('memory()', options, { feed: true })
  const tables: Tables = {
    sessions: new Map(),
    userStates: new Map(),
    epoch: 0,
    largestLeaseMs: 0,
    signingKeys: [],
  }
  const feeds = inProcessFeeds()
  return {
    async open({ users, clock }) {
      const store = announcedStore(new MemoryStore(tables, users, clock), feeds.announce)
      if (options.feed !== true) return store
      const feed = feeds.open()
      return { ...store, feed, close: () => feed.close() }
    },
  }
}

interface Tables {
  /** By the session id in hex. A row is never changed, only replaced: what was read stays read. */
  readonly sessions: Map<string, Row>
  readonly userStates: Map<UserId, UserState>
  /** The global one. */
  epoch: number
  largestLeaseMs: number
  /** Every version of the document, of which the last one counts. */
  readonly signingKeys: string[]
}

interface UserState {
  readonly epoch: number
  readonly blockedAt: number | null
}

type Owners = Pick<StoredSession, 'userId' | 'impersonatorId'>

const newcomer: UserState = { epoch: 0, blockedAt: null }

// Every verb is atomic because between its reads and its writes it awaits nothing.
class MemoryStore implements Store {
  readonly #tables: Tables
  readonly #users: UsersLoader
  readonly #clock: () => number

  constructor(tables: Tables, users: UsersLoader, clock: () => number) {
    this.#tables = tables
    this.#users = users
    this.#clock = clock
  }

  async find(id: Uint8Array): Promise<Found | undefined> {
    const row = this.#row(id)
    if (row === undefined) return undefined
    const user = await this.#load(row.session)
    // Once more, because it may have ended while its user was loaded.
    const current = this.#row(id)
    return current && this.#found(current, user)
  }

  async epoch(userId: UserId | null, impersonatorId: UserId | null): Promise<number> {
    return this.#liveEpoch({ userId, impersonatorId })
  }

  async create(wanted: NewSession): Promise<Created> {
    const begunAt = wanted.epoch ?? this.#liveEpoch(wanted)
    const user = await this.#load(wanted)
    const now = this.#clock()
    const { maxClockSkewMs = Infinity } = wanted
    if (Math.abs(timeOf(wanted.id) - now) > maxClockSkewMs) return { outcome: 'clock_skew' }
    if (begunAt !== this.#liveEpoch(wanted) || this.#isBlocked(wanted)) {
      return { outcome: 'superseded' }
    }
    if (wanted.userId !== null && user === undefined) return { outcome: 'inactive' }
    const replaced = this.#replaced(wanted.replaces)
    const version = wanted.replaces?.version
    if (version !== undefined && replaced?.session.dataVersion !== version) {
      return { outcome: 'conflict' }
    }
    if ((this.#row(wanted.id) ?? replaced) !== replaced) {
      throw new CloakroomError('store_unavailable', 'The session id is taken.')
    }
    const surplus = this.#surplus(wanted.userId, wanted.cap, replaced)
    if (surplus.length > 0 && wanted.cap?.whenReached === 'refuse') return { outcome: 'too_many' }

    const removed = this.#delete(replaced === undefined ? surplus : [replaced, ...surplus])
    const carried = wanted.replaces?.carryData === true ? replaced : undefined
    const row = newRow(wanted, { now, epoch: begunAt, data: carried?.session.data ?? wanted.data })
    this.#put(row)
    return { outcome: 'created', found: this.#found(row, user), removed }
  }

  async touch(ids: readonly Uint8Array[], untouchedForMs: number): Promise<void> {
    const now = this.#clock()
    for (const id of ids) {
      const row = this.#row(id)
      if (row !== undefined && now - row.session.lastSeenAt >= untouchedForMs) {
        this.#put({ ...row, session: { ...row.session, lastSeenAt: now } })
      }
    }
  }

  async rotate({
    id,
    secretHash,
    newSecretHash,
    authenticatedBy,
  }: Rotation): Promise<Found | undefined> {
    const row = this.#row(id)
    if (row === undefined || !sameBytes(row.secretHash, secretHash)) return undefined
    const authenticated =
      authenticatedBy === undefined
        ? {}
        : { authenticatedAt: this.#clock(), methods: authenticatedBy }
    this.#put({
      ...row,
      session: { ...row.session, ...authenticated },
      secretHash: Uint8Array.from(newSecretHash),
      lastRenewal: null,
    })
    return this.find(id)
  }

  async renew(renewal: Renewal): Promise<Renewed | undefined> {
    const row = this.#row(renewal.id)
    if (row === undefined || row.session.clientId !== renewal.clientId) return undefined
    const { secretHash, lastRenewal } = row
    const now = this.#clock()
    const isYoung = lastRenewal !== null && now - lastRenewal.at < renewal.graceMs
    if (sameBytes(secretHash, renewal.secretHash) && !isYoung) {
      const nonce = Uint8Array.from(renewal.nonce)
      const newSecretHash = Uint8Array.from(renewal.newSecretHash)
      this.#put({ ...row, secretHash: newSecretHash, lastRenewal: { secretHash, nonce, at: now } })
    }
    const user = await this.#load(row.session)
    // Once more, because it may have ended, or been renewed, while its user was loaded.
    const current = this.#row(renewal.id)
    if (current === undefined) return undefined
    const { familyHash, lastRenewal: last } = current
    return { found: this.#found(current, user), familyHash, last }
  }

  async update(
    id: Uint8Array,
    version: number,
    data: string,
  ): Promise<'updated' | 'conflict' | 'gone'> {
    const row = this.#row(id)
    if (row === undefined) return 'gone'
    if (row.session.dataVersion !== version) return 'conflict'
    this.#put({ ...row, session: { ...row.session, data, dataVersion: version + 1 } })
    return 'updated'
  }

  async revoke(selector: StoreSelector): Promise<Uint8Array[]> {
    if ('everybody' in selector) {
      this.#tables.epoch += 1
      return this.#delete([...this.#tables.sessions.values()])
    }
    if ('sessionId' in selector) {
      const { sessionId, userId, familyHash } = selector
      const row = this.#row(sessionId)
      if (row === undefined) return []
      const isTheirs = userId === undefined || row.session.userId === userId
      const isOfFamily = familyHash === undefined || sameBytes(row.familyHash, familyHash)
      return isTheirs && isOfFamily ? this.#delete([row]) : []
    }
    const { userId, except } = selector
    const kept = this.#rowsOf(userId).find(
      (row) => except !== undefined && sameBytes(row.session.id, except) && this.#isLive(row),
    )
    const ended = this.#delete(this.#rowsOf(userId).filter((row) => row !== kept))
    this.#raise(userId)
    if (kept !== undefined) {
      this.#put({ ...kept, session: { ...kept.session, epoch: this.#liveEpoch(kept.session) } })
    }
    return ended
  }

  async list(userId: UserId): Promise<Listed[]> {
    const now = this.#clock()
    return this.#rowsOf(userId).map(({ session }) => ({
      session,
      liveEpoch: this.#liveEpoch(session),
      now,
    }))
  }

  async block(userId: UserId): Promise<Uint8Array[]> {
    this.#raise(userId, { blockedAt: this.#state(userId).blockedAt ?? this.#clock() })
    return this.#delete(this.#rowsOf(userId))
  }

  async unblock(userId: UserId): Promise<void> {
    // Not unless it is blocked: a higher epoch would end the sessions that it has.
    if (this.#state(userId).blockedAt !== null) this.#raise(userId, { blockedAt: null })
  }

  async blockedAt(userId: UserId): Promise<number | null> {
    return this.#state(userId).blockedAt
  }

  async prune(): Promise<number> {
    const now = this.#clock()
    const rows = [...this.#tables.sessions.values()]
    return this.#delete(rows.filter(({ session }) => session.expiresAt <= now)).length
  }

  async largestLease(atLeastMs: number): Promise<number> {
    this.#tables.largestLeaseMs = Math.max(this.#tables.largestLeaseMs, atLeastMs)
    return this.#tables.largestLeaseMs
  }

  async stats(): Promise<StoreStats> {
    const now = this.#clock()
    const sessions = [...this.#tables.sessions.values()].map(({ session }) => session)
    const states = [...this.#tables.userStates.values()]
    return {
      sessions: sessions.length,
      anonymous: sessions.filter(({ userId }) => userId === null).length,
      expired: sessions.filter(({ expiresAt }) => expiresAt <= now).length,
      blockedUsers: states.filter(({ blockedAt }) => blockedAt !== null).length,
    }
  }

  readonly signingKeys: SigningKeyStore = {
    read: async () => ({
      version: this.#tables.signingKeys.length,
      document: this.#tables.signingKeys.at(-1) ?? '',
      now: this.#clock(),
    }),
    write: async (document, version) => {
      if (this.#tables.signingKeys.length !== version) return false
      this.#tables.signingKeys.push(document)
      return true
    },
  }

  async close(): Promise<void> {}

  #row(id: Uint8Array): Row | undefined {
    return this.#tables.sessions.get(hex(id))
  }

  #put(row: Row): void {
    this.#tables.sessions.set(hex(row.session.id), row)
  }

  #delete(rows: readonly Row[]): Uint8Array[] {
    for (const { session } of rows) this.#tables.sessions.delete(hex(session.id))
    return rows.map(({ session }) => session.id)
  }

  /** Newest first. */
  #rowsOf(userId: UserId): Row[] {
    return [...this.#tables.sessions.values()]
      .filter(({ session }) => session.userId === userId)
      .sort(
        ({ session: a }, { session: b }) => b.createdAt - a.createdAt || Buffer.compare(b.id, a.id),
      )
  }

  #state(userId: UserId): UserState {
    return this.#tables.userStates.get(userId) ?? newcomer
  }

  #raise(userId: UserId, change: Partial<UserState> = {}): void {
    const state = this.#state(userId)
    this.#tables.userStates.set(userId, { ...state, ...change, epoch: state.epoch + 1 })
  }

  #liveEpoch(owners: Owners): number {
    const epochs = idsOf(owners).map((id) => this.#state(id).epoch)
    return epochs.reduce((sum, epoch) => sum + epoch, this.#tables.epoch)
  }

  #isBlocked(owners: Owners): boolean {
    return idsOf(owners).some((id) => this.#state(id).blockedAt !== null)
  }

  #isLive({ session }: Row): boolean {
    return session.epoch === this.#liveEpoch(session) && this.#clock() < session.expiresAt
  }

  #found({ session, secretHash }: Row, user: AnyUser | undefined): Found {
    return {
      session,
      secretHash,
      liveEpoch: this.#liveEpoch(session),
      blocked: this.#isBlocked(session),
      user,
      now: this.#clock(),
    }
  }

  #replaced(replaces: Replaced | undefined): Row | undefined {
    const row = replaces && this.#row(replaces.id)
    return row && sameBytes(row.familyHash, replaces.familyHash) ? row : undefined
  }

  /** The oldest sessions, as many as have to end for one more to fit under the cap. */
  #surplus(userId: UserId | null, cap: SessionCap | undefined, replaced: Row | undefined): Row[] {
    if (userId === null || cap === undefined) return []
    const now = this.#clock()
    const counted = this.#rowsOf(userId).filter((row) => {
      const { impersonatorId, clientId, createdAt, lastSeenAt, persistent } = row.session
      const lifetimeMs = persistent ? cap.absoluteTimeoutMs : cap.nonPersistentTimeoutMs
      const isOrdinary = impersonatorId === null && clientId === null
      const isRecent = now < createdAt + lifetimeMs && now < lastSeenAt + cap.idleTimeoutMs
      return row !== replaced && isOrdinary && isRecent && this.#isLive(row)
    })
    return counted.slice(cap.limit - 1)
  }

  /** The session's user, if it and its impersonator are there and active. */
  async #load({ userId, impersonatorId }: Owners): Promise<AnyUser | undefined> {
    try {
      if (impersonatorId !== null && !(await this.#users.load(impersonatorId))) return undefined
      // An untyped loader may say `null` for nobody, which must not pass for a user.
      return userId === null ? undefined : ((await this.#users.load(userId)) ?? undefined)
    } catch (cause) {
      throw new CloakroomError('store_unavailable', 'users.load failed.', { cause })
    }
  }
}

/** Whose epochs and blocks count. */
function idsOf({ userId, impersonatorId }: Owners): UserId[] {
  return [userId, impersonatorId].filter((id) => id !== null)
}
