export { type Cloakroom, cloakroom } from './cloakroom.ts'
export type { DataInput, DataOf, DataSchema } from './core/data.ts'
export type { FeedHealth } from './core/feed-health.ts'
export type { ImpersonateOptions } from './core/impersonate.ts'
export type { Instant } from './core/instant.ts'
export { type MigrateOptions, migrate, pendingMigrations } from './core/migrate.ts'
export type { FeedListener, Invalidation, RevocationFeed } from './core/revocation-feed.ts'
export type { RevokeOptions, RevokeSelector } from './core/revoke.ts'
export type { RotatedSession } from './core/rotate.ts'
export type {
  Anonymous,
  AnonymousReason,
  AnonymousSession,
  Authenticated,
  IssuedSession,
  JsonObject,
  JsonValue,
  Session,
  SessionIdentity,
  Verification,
} from './core/session.ts'
export type { SignInAttempt, SignInOptions, SignInState } from './core/sign-in.ts'
export type { SigningKeyStore, StoredSigningKeys } from './core/signing-keys.ts'
export type * from './core/store.ts'
export type { TokenParameters } from './core/token-parameters.ts'
export type { DataChange } from './core/update-data.ts'
export type {
  AnyUser,
  Column,
  ColumnType,
  UserId,
  UserIdType,
  UserOf,
  Users,
  UsersLoader,
  UsersTable,
} from './core/user.ts'
export type { CacheFactory, CacheStats, VerificationCache } from './core/verification-cache.ts'
export { CloakroomError, type CloakroomErrorCode } from './errors.ts'
export type { CookieOptions } from './http/cookie.ts'
export { deviceLabel } from './http/device.ts'
export { type Problem, problem, problemOf } from './http/problem.ts'
export type { RequestHead, Transport } from './http/request-head.ts'
export type {
  AnonymousOptions,
  HttpSessions,
  HttpSignInOptions,
  Issued,
  IssueOptions,
  SignedOut,
  StepUpOptions,
  TransportOptions,
} from './http/sessions.ts'
export type { Refused, Unauthenticated, Verdict } from './http/verdict.ts'
export type { CloakroomOptions } from './options.ts'
