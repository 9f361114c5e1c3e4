import { type Context, setContext } from './core/context.ts'
import type { DataInput, DataOf, DataSchema } from './core/data.ts'
import type { FeedHealth } from './core/feed-health.ts'
import { type Followed, followFeed } from './core/follow-feed.ts'
import { type ImpersonateOptions, impersonate } from './core/impersonate.ts'
import { list } from './core/list.ts'
import { isSteppedUp } from './core/policy.ts'
import { prunePeriodically } from './core/prune.ts'
import {
  block,
  blockedAt,
  type RevokeOptions,
  type RevokeSelector,
  revoke,
  signOut,
  unblock,
} from './core/revoke.ts'
import { impersonated, type RotatedSession, rotate, stepUp } from './core/rotate.ts'
import type { IssuedSession, Session, Verification } from './core/session.ts'
import {
  beginSignIn,
  createAnonymous,
  resumeSignIn,
  type SignInAttempt,
  type SignInOptions,
  type SignInState,
} from './core/sign-in.ts'
import type { Store, StoreStats } from './core/store.ts'
import { createTokenParameters, type TokenParameters } from './core/token-parameters.ts'
import { createToucher } from './core/touch.ts'
import { type DataChange, updateData } from './core/update-data.ts'
import type { AnyUser, UserOf, Users } from './core/user.ts'
import { verify } from './core/verify.ts'
import { verifyCached } from './core/verify-cached.ts'
import { CloakroomError } from './errors.ts'
import { type HttpSessions, httpSessions, type StepUpOptions } from './http/sessions.ts'
import { type CloakroomOptions, checkOptions, type Settings } from './options.ts'

/**
 * Sessions of one application. Every verb may throw `store_unavailable`, which means that the
 * database did not answer, and never that somebody is signed out.
 */
export interface Cloakroom<User extends AnyUser = AnyUser, Data = unknown, Input = Data> {
  /** What a token proves: one query, and none for what cannot be live. */
  verify(token: string | undefined): Promise<Verification<User, Data>>
  /**
   * What `cloakroom_verify` takes, to verify inside a statement of the application's own. No I/O.
   * Of a token that cannot be live all are null, for which that function gives no row. The session
   * is looked up and touched in the background.
   */
  tokenParameters(token: string | undefined): TokenParameters

  /**
   * Begins a sign-in, **before** the password, passkey or callback is checked. If the user is
   * blocked, or all of its sessions are ended, before `complete`, there will be no session.
   */
  beginSignIn(userId: User['id']): Promise<SignInAttempt<User, Data, Input>>
  /** Goes on with `attempt.state`, kept where the client cannot change it. */
  resumeSignIn(state: SignInState<User['id']>): SignInAttempt<User, Data, Input>
  /** A session before log-in. For requests that carry none: one that they carry lives on. */
  createAnonymous(
    options?: Pick<SignInOptions<Input>, 'data' | 'ip' | 'device' | 'persistent'>,
  ): Promise<{ token: string; session: Session<Data, User['id']> }>

  /** A new token for the same session; the old one is dead. `undefined`: the session has ended. */
  rotate(token: string | undefined): Promise<RotatedSession<User, Data> | undefined>
  /** Records that the credential was just checked again, and rotates. `undefined` as in `rotate`. */
  stepUp(
    token: string | undefined,
    options: StepUpOptions,
  ): Promise<IssuedSession<User, Data> | undefined>
  /**
   * Asserts that the credential was checked recently, before something sensitive.
   * @throws {CloakroomError} `step_up_required`, `impersonated_session`, `not_authenticated`
   */
  requireStepUp(session: Session<Data, User['id']> | undefined, maxAgeSeconds?: number): void
  /** A session in which the user of `token` acts as `userId`, for an hour at most. */
  impersonate(
    token: string | undefined,
    userId: User['id'],
    options?: ImpersonateOptions<Input>,
  ): Promise<IssuedSession<User, Data>>

  /** Changes `data`: a shallow patch, or a function. `undefined`: the session has ended. */
  update(
    sessionId: string,
    change: DataChange<Data, Input>,
  ): Promise<Session<Data, User['id']> | undefined>
  /** The user's live sessions, newest first. */
  list(userId: User['id']): Promise<Session<Data, User['id']>[]>

  /** Ends sessions and returns the ids of those that it ended. Durable when it resolves. */
  revoke(selector: RevokeSelector<User['id']>, options?: RevokeOptions): Promise<string[]>
  /** Ends the session of a token, also of one that was rotated away meanwhile. */
  signOut(token: string | undefined): Promise<string[]>
  /** Ends all sessions of a user and lets none begin. */
  block(userId: User['id'], options?: RevokeOptions): Promise<string[]>
  /** Lets sessions begin again; brings none back. */
  unblock(userId: User['id']): Promise<void>
  /** Since when the user is blocked; `null`: is not. */
  blockedAt(userId: User['id']): Promise<Date | null>

  /** Deletes what has expired and returns how many that were. Also runs by itself. */
  prune(): Promise<number>
  /** Counts the rows. Reads all of them: for the command line and for dashboards. */
  stats(): Promise<StoreStats>
  /** How well this process hears of what others do; `undefined`: the store has no feed. No I/O. */
  feedHealth(): FeedHealth | undefined
  /** Lets the session's `signal` go: it will not abort. For who asked for it outside of a request. */
  release(session: Session<Data, User['id']>): void
  /** The same verbs on request heads, for adapters. */
  readonly http: HttpSessions<User, Data, Input>
  /** Writes what is still to be touched and stops all timers. The database handle stays open. */
  close(): Promise<void>
}

/**
 * Checks the options and the database, and returns the sessions.
 *
 * @throws {TypeError} for an option that is missing or out of range
 * @throws {CloakroomError} `schema_missing`, `schema_newer`, `schema_mismatch`, `store_unavailable`
 */
export async function cloakroom<
  const U extends Users,
  Schema extends DataSchema | undefined = undefined,
>(
  options: CloakroomOptions<U, Schema>,
): Promise<Cloakroom<UserOf<U>, DataOf<Schema>, DataInput<Schema>>> {
  type User = UserOf<U>
  type Data = DataOf<Schema>
  type Input = DataInput<Schema>

  const settings = checkOptions<U, Schema, Data>(options)
  const { policy, onError, clock } = settings
  const opened = await options.store.open({ users: options.users, clock, timeouts: policy })
  const followed = await follow(opened, settings)
  const { store = opened, cache } = followed ?? {}
  const toucher = createToucher(store, policy, onError)
  const stopPruning =
    settings.pruneIntervalMs === false
      ? () => Promise.resolve()
      : prunePeriodically(store, settings.pruneIntervalMs, onError)
  const context: Context<Data> = {
    ...settings,
    store,
    seen: toucher.seen,
    leaseMs: settings.cacheFactory?.leaseMs ?? 0,
    listen: followed?.listen,
    signals: followed?.signals,
  }
  const tokenParameters = createTokenParameters(context, onError)

  const verbs: Omit<Cloakroom<User, Data, Input>, 'http'> = {
    verify:
      cache === undefined
        ? (token) => verify(context, token)
        : (token) => verifyCached(context, cache, token),
    tokenParameters: (token) => tokenParameters.of(token),
    beginSignIn: (userId) => beginSignIn(context, userId),
    resumeSignIn: (state) => resumeSignIn(context, state),
    createAnonymous: (anonymous) => createAnonymous(context, anonymous),
    rotate: (token) => rotate(context, token),
    stepUp: (token, { methods }) => stepUp(context, token, methods),
    requireStepUp(session, maxAgeSeconds = policy.stepUpMs / 1000) {
      if (session === undefined || session.userId === null) {
        throw new CloakroomError('not_authenticated', 'Nobody is signed in.')
      }
      if (session.impersonatorId !== null) throw impersonated('do what needs step-up')
      if (isSteppedUp(session, policy, maxAgeSeconds * 1000)) return
      throw new CloakroomError('step_up_required', 'The credential must be checked again first.')
    },
    impersonate: (token, userId, impersonation) =>
      impersonate(context, token, userId, impersonation),
    update: (sessionId, change) => updateData(context, sessionId, change),
    list: (userId) => list(context, userId),
    revoke: (selector, revocation) => revoke(context, selector, revocation),
    signOut: (token) => signOut(context, token),
    block: (userId, revocation) => block(context, userId, revocation),
    unblock: (userId) => unblock(context, userId),
    blockedAt: (userId) => blockedAt(context, userId),
    prune: () => store.prune(),
    stats: () => store.stats(),
    feedHealth: () => followed?.health(),
    release: (session) => followed?.signals.release(session),
    async close() {
      await stopPruning()
      await tokenParameters.close()
      await toucher.close()
      await followed?.close()
      await store.close()
    },
  }
  const auth = Object.freeze({ ...verbs, http: httpSessions(verbs, settings) })
  setContext(auth, context)
  return auth
}

async function follow(store: Store, settings: Settings<unknown>): Promise<Followed | undefined> {
  try {
    return followFeed(store, settings)
  } catch (error) {
    await store.close()
    throw error
  }
}
