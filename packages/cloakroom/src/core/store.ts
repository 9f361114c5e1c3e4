import type { RevocationFeed } from './revocation-feed.ts'
import type { SigningKeyStore } from './signing-keys.ts'
import type { AnyUser, UserId, Users } from './user.ts'

/**
 * The contract that every store keeps. `storeContract` in `cloakroom/testing` tests it.
 *
 * Rules that hold for every verb:
 * - A promise that resolves means done, and as durable as the database makes any commit.
 * - A database that cannot answer rejects with `store_unavailable`; nothing else means failure.
 * - Session ids and hashes are bytes (16 and 32); times are milliseconds since 1970 by the
 *   **database's** clock, which alone decides what has expired.
 * - `create` never overwrites; `touch`, `rotate`, `renew` and `update` never insert. So whatever a
 *   slow request does after a log-out, the session stays ended.
 * - A user's **epoch** only grows. A session is dead unless it carries the sum of its user's, its
 *   impersonator's and the global epoch as they are now, whether or not its row was deleted.
 */
export interface Store {
  /**
   * One statement: the session, its user, both epochs. `undefined` when there is no such row. What
   * is found may be expired, blocked or revoked: the caller judges it, by the `now` that comes along.
   */
  find(id: Uint8Array): Promise<Found | undefined>

  /**
   * The epoch that a session begun now must carry. `null` stands for nobody: the epoch of an
   * anonymous session is the global one.
   */
  epoch(userId: UserId | null, impersonatorId: UserId | null): Promise<number>

  /** Inserts, or says why not; in one transaction with what it replaces and with the cap. */
  create(session: NewSession): Promise<Created>

  /**
   * Moves `lastSeenAt` to now on those of the sessions that exist and were not touched within the
   * last `untouchedForMs`. Absent ids are skipped. Must not wait for rows that others have locked.
   */
  touch(ids: readonly Uint8Array[], untouchedForMs: number): Promise<void>

  /**
   * Replaces the secret, if `secretHash` is still the current one, and finds the session as it is
   * then. `undefined`: gone, or rotated meanwhile. The old token is dead when the promise resolves.
   */
  rotate(rotation: Rotation): Promise<Found | undefined>

  /**
   * A rotation that can be repeated, for the sessions of OAuth clients. In one conditional statement
   * it replaces the secret and keeps what led to it, if `secretHash` is still the current one and not
   * itself the result of a renewal within the last `graceMs`; else it changes nothing. In both cases
   * it then answers with what is there: whoever lost a race, or lost the answer, learns from that
   * what the winner did. `undefined`: there is no such session, or it is not that client's.
   */
  renew(renewal: Renewal): Promise<Renewed | undefined>

  /** Replaces `data` if its version is still `version`, and raises the version by one. */
  update(id: Uint8Array, version: number, data: string): Promise<'updated' | 'conflict' | 'gone'>

  /**
   * Ends sessions and returns the ids of the rows that it deleted; none is not an error. By user
   * and for everybody it also raises the epoch, in the transaction that deletes, so that a sign-in
   * under way gets no session. `except` keeps that one session if it is live and the user's own.
   */
  revoke(selector: StoreSelector, durability?: Durability): Promise<Uint8Array[]>

  /** Every row of the user's, newest first; also rows that are no longer live. */
  list(userId: UserId): Promise<Listed[]>

  /** Blocks, raises the epoch and ends all sessions, in one transaction. Idempotent. */
  block(userId: UserId, durability?: Durability): Promise<Uint8Array[]>

  /** Lets new sessions begin, raises the epoch. Brings no old session back. Idempotent. */
  unblock(userId: UserId): Promise<void>

  /** When the user was blocked; `null`: is not. Users never heard of are not blocked. */
  blockedAt(userId: UserId): Promise<number | null>

  /**
   * Deletes what is past its stored deadline, in small batches that each leave the database free
   * for others. Safe to run from several processes at once. Returns how many it deleted.
   */
  prune(): Promise<number>

  /** Counts what there is. May read every row. */
  stats(): Promise<StoreStats>

  /**
   * Raises the longest lease of any process's cache, which is recorded beside the sessions, to at
   * least this many milliseconds, and returns what is recorded then. 0 only reads.
   */
  largestLease(atLeastMs: number): Promise<number>

  /** How this process hears of what others change. Absent unless the store was opened for that. */
  readonly feed?: RevocationFeed

  /** Where the keys of access tokens are kept. Absent: the store keeps none. */
  readonly signingKeys?: SigningKeyStore

  /** Stops what the store itself started. The application's handle or pool stays open. */
  close(): Promise<void>
}

export interface Durability {
  /**
   * Whether the promise waits until the replicas have it too. If they do not answer in time it
   * rejects with `store_unavailable`, though the revocation is made. A store in this process has
   * nothing to wait for; one that cannot know throws a `TypeError`, before it revokes anything.
   */
  readonly replicated: boolean
}

/** Rows as they are, whether or not they are live. */
export interface StoreStats {
  readonly sessions: number
  /** Of these, without a user. */
  readonly anonymous: number
  /** Of these, past their stored deadline: for `prune` to delete. */
  readonly expired: number
  readonly blockedUsers: number
}

/** A session's row, without its secrets. */
export interface StoredSession {
  readonly id: Uint8Array
  readonly userId: UserId | null
  readonly impersonatorId: UserId | null
  readonly epoch: number
  /** Bound to an OAuth client; `null`: first party. */
  readonly clientId: string | null
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
  readonly persistent: boolean
  readonly authenticatedAt: number | null
  readonly methods: readonly string[]
  readonly ip: string | null
  readonly device: string | null
  /** JSON text of an object. */
  readonly data: string
  readonly dataVersion: number
}

export interface Found {
  readonly session: StoredSession
  /** SHA-256 of the current secret. */
  readonly secretHash: Uint8Array
  /** The epoch that the session must carry to be live. */
  readonly liveEpoch: number
  /** Whether the user, or the impersonator, is blocked. */
  readonly blocked: boolean
  /** `undefined`: the session has a user, and it or its impersonator is absent or not active. */
  readonly user: AnyUser | undefined
  /** The database's time at this statement. */
  readonly now: number
  /**
   * The server that answered, by the name that the store's feed has for it. Default `''`, where there
   * is only one. `null`: what becomes of this session the feed does not hear.
   */
  readonly source?: string | null
}

export type Listed = Pick<Found, 'session' | 'liveEpoch' | 'now'>

export interface NewSession {
  readonly id: Uint8Array
  readonly secretHash: Uint8Array
  readonly familyHash: Uint8Array
  readonly userId: UserId | null
  readonly impersonatorId: UserId | null
  /** As `epoch` gave it before the credential was checked. `undefined`: this statement begins it. */
  readonly epoch: number | undefined
  readonly clientId: string | null
  readonly lifetimeMs: number
  readonly persistent: boolean
  /** Whether `authenticatedAt` is set to now. */
  readonly authenticated: boolean
  readonly methods: readonly string[]
  readonly ip: string | null
  readonly device: string | null
  readonly data: string
  /**
   * The time inside the id may differ from the database's clock by this much. `undefined`: the id
   * has no time in it.
   */
  readonly maxClockSkewMs: number | undefined
  /**
   * A session that ends in the same transaction, if this is its family hash. It may have the id of
   * the new one, which then takes its place.
   */
  readonly replaces: Replaced | undefined
  readonly cap: SessionCap | undefined
}

export interface Replaced {
  readonly id: Uint8Array
  /** Of any token that was ever this session's: a rotation meanwhile does not save it. */
  readonly familyHash: Uint8Array
  /** Whether the new session takes over its `data`, if the row is still there. */
  readonly carryData: boolean
  /**
   * The version that its `data` must still have. If it has another, or the row is gone, nothing is
   * made (`conflict`). The new session counts on from it, so that of the same id no version comes
   * twice. `undefined`: the new session is made whatever became of this one.
   */
  readonly version?: number | undefined
}

/** At most `limit` live sessions of one user; impersonated ones and those of clients do not count. */
export interface SessionCap extends Timeouts {
  readonly limit: number
  readonly whenReached: 'refuse' | 'end_oldest'
}

/** Sessions idle for longer, or older, are dead, though their rows may still be there. */
export interface Timeouts {
  readonly idleTimeoutMs: number
  readonly absoluteTimeoutMs: number
  readonly nonPersistentTimeoutMs: number
}

/**
 * - `superseded`: the epoch moved, or the user is blocked. `inactive`: no such user, or not active.
 * - `too_many`: the cap is reached. `clock_skew`: the id's time is not the database's.
 * - `conflict`: what it replaces is not there any more, or not of that version.
 *
 * `removed` are sessions that ended with it: the one replaced, the oldest over the cap.
 */
export type Created =
  | { readonly outcome: 'created'; readonly found: Found; readonly removed: readonly Uint8Array[] }
  | { readonly outcome: 'superseded' | 'inactive' | 'too_many' | 'clock_skew' | 'conflict' }

export interface Rotation {
  readonly id: Uint8Array
  /** Of the token that is shown. */
  readonly secretHash: Uint8Array
  readonly newSecretHash: Uint8Array
  /** Step-up: sets `authenticatedAt` to now and `methods` to these. */
  readonly authenticatedBy: readonly string[] | undefined
}

export interface Renewal {
  readonly id: Uint8Array
  /** Whose session it must be. */
  readonly clientId: string
  /** Of the token that is shown. */
  readonly secretHash: Uint8Array
  readonly newSecretHash: Uint8Array
  /** 16 bytes, from which the new secret follows for whoever knows the old one. */
  readonly nonce: Uint8Array
  readonly graceMs: number
}

/** A client's session, and how it came by its current secret. */
export interface Renewed {
  readonly found: Found
  readonly familyHash: Uint8Array
  /** The last renewal; `null`: there was none, or a `rotate` came after it. */
  readonly last: LastRenewal | null
}

export interface LastRenewal {
  /** Of the secret that it replaced. */
  readonly secretHash: Uint8Array
  readonly nonce: Uint8Array
  /** By the database's clock, as `found.now` is. */
  readonly at: number
}

export type StoreSelector =
  | {
      readonly sessionId: Uint8Array
      /** Only if it is this user's. */
      readonly userId?: UserId | undefined
      /** Only if it is of this family: by a token that is, or once was, the session's. */
      readonly familyHash?: Uint8Array | undefined
    }
  | { readonly userId: UserId; readonly except?: Uint8Array | undefined }
  | { readonly everybody: true }

/** What an application passes as `store`: made by `sqlite(…)`, `memory(…)`, … */
export interface StoreFactory<U extends Users = Users> {
  /**
   * Connects the store with the options that only `cloakroom` knows.
   * @throws {CloakroomError} `schema_missing`, `schema_newer`, `schema_mismatch`, `store_unavailable`
   */
  readonly open: (definition: StoreDefinition<U>) => Promise<Store>
  /** Absent where there are no tables to make. */
  readonly migrations?: Migrations<U>
}

/** Makes a store's tables and brings them up to date. */
export interface Migrations<U extends Users = Users> {
  /**
   * The statements that would do it, for people with a migration tool of their own; none if the
   * tables are up to date.
   * @throws {CloakroomError} `schema_newer`, `schema_mismatch`, `store_unavailable`
   */
  pending(definition: Pick<StoreDefinition<U>, 'users'>): Promise<string[]>
  /**
   * Does it. Of several processes at once, one does. Harmless when there is nothing to do.
   * @throws {CloakroomError} `schema_newer`, `schema_mismatch`, `store_unavailable`
   */
  migrate(definition: Pick<StoreDefinition<U>, 'users'>): Promise<Migrated>
}

/** Versions of the tables. 0: there were none. */
export interface Migrated {
  readonly from: number
  readonly to: number
}

export interface StoreDefinition<U extends Users = Users> {
  readonly users: U
  /** The time in milliseconds, for stores that live in this process. Servers use their own. */
  readonly clock: () => number
  /** The application's, for a database that verifies by itself as well. Absent: as they were. */
  readonly timeouts?: Timeouts
}
