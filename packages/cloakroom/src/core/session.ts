import type { AnyUser, UserId } from './user.ts'

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue }
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/**
 * Who is signed in, since when and how. A session says it, and an access token of that session: what
 * needs no more can take either.
 */
export interface SessionIdentity<Id extends UserId = UserId> {
  /** Public identifier of the session, a UUIDv7 (RFC 9562). Safe in logs, URLs and lists. */
  readonly id: string
  /** `null`: an anonymous session, one before a log-in. */
  readonly userId: Id | null
  /**
   * Of a session its absolute end, by the stored deadline or by today's policy, whichever is
   * earlier; of an access token its own.
   */
  readonly expiresAt: Date
  /**
   * When the user's credential was last checked. `null` for anonymous and impersonated sessions,
   * which therefore never pass a step-up check.
   */
  readonly authenticatedAt: Date | null
  /** How: RFC 8176 authentication method names, such as `pwd`, `otp`, `hwk`. */
  readonly methods: readonly string[]
}

/**
 * Where and how a user is signed in. It never holds the token, so it may be logged, listed and
 * sent to its owner. A snapshot: it does not change when the database does.
 */
export interface Session<Data = JsonObject, Id extends UserId = UserId>
  extends SessionIdentity<Id> {
  readonly createdAt: Date
  /** Moves at most once per touch interval. */
  readonly lastSeenAt: Date
  /** End by idleness if it is never used again. */
  readonly idleExpiresAt: Date
  /** Whether the cookie outlives the browser. */
  readonly persistent: boolean
  /** Client address at sign-in, as the application gave it. */
  readonly ip: string | null
  /** What the User-Agent said at sign-in, reduced to a label such as `Firefox on Linux`. */
  readonly device: string | null
  /** The OAuth client that holds it (`cloakroom/client-sessions`); `null` in nearly all sessions. */
  readonly clientId: string | null
  /** The user who acts as `userId` in this session; `null` in nearly all sessions. */
  readonly impersonatorId: Id | null
  readonly data: Data
  /** When this snapshot was read, by the database's clock. */
  readonly readAt: Date
  /**
   * Aborts when the session ends: signed out, revoked, expired, blocked, the user deactivated or deleted,
   * in whichever process. Its `reason` is a `CloakroomError` `session_ended`; or `store_unavailable`, if
   * for longer than the lease neither the feed nor the store could say whether the session lives.
   *
   * For what outlives the request's verification: sockets, event streams, long statements. Asking for it
   * reads the session once more. On a request that an adapter has verified it goes when the request goes;
   * elsewhere `release` it, or it is kept until the session ends. Not enumerable.
   *
   * @throws {Error} when it is asked for, if the store was not opened with its feed
   */
  readonly signal: AbortSignal
}

/**
 * Why a request is not authenticated. For logs and metrics: a client is never told more than
 * "not authenticated".
 *
 * - `missing`: no token. `malformed`: not a token of ours.
 * - `unknown`: no such session, or another secret than its own.
 * - `expired`, `idle`: past the absolute or the idle timeout.
 * - `inactive`: there is no such user any more, or its `active` condition is false.
 * - `blocked`: the user is blocked. `revoked`: ended with all of the user's sessions.
 */
export type AnonymousReason =
  | 'missing'
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'idle'
  | 'inactive'
  | 'blocked'
  | 'revoked'

export interface Authenticated<User extends AnyUser = AnyUser, Data = JsonObject> {
  readonly status: 'authenticated'
  readonly session: Session<Data, User['id']>
  readonly user: User
}

/** A live session before a log-in. */
export interface AnonymousSession<User extends AnyUser = AnyUser, Data = JsonObject> {
  readonly status: 'anonymous'
  readonly reason: 'not_signed_in'
  readonly session: Session<Data, User['id']>
}

export interface Anonymous {
  readonly status: 'anonymous'
  readonly reason: AnonymousReason
  readonly session?: undefined
}

/** What a token proves. A database that does not answer is no outcome: that throws. */
export type Verification<User extends AnyUser = AnyUser, Data = JsonObject> =
  | Authenticated<User, Data>
  | AnonymousSession<User, Data>
  | Anonymous

/** A session just made or rotated. `token` is shown this once and stored nowhere. */
export interface IssuedSession<User extends AnyUser = AnyUser, Data = JsonObject> {
  readonly token: string
  readonly session: Session<Data, User['id']>
  readonly user: User
}
