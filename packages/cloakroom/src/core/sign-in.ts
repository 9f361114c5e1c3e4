import { isIP } from 'node:net'
import { CloakroomError } from '../errors.ts'
import type { Context } from './context.ts'
import { lifetime } from './policy.ts'
import type { AnonymousSession, IssuedSession, JsonObject, Session } from './session.ts'
import type { Created, Found, NewSession, Replaced } from './store.ts'
import { formatToken, hashFamily, hashSecret, mintToken } from './token.ts'
import { type AnyUser, checkUserId, type UserId } from './user.ts'
import { live, lookUp, readToken } from './verify.ts'

/** Facts about the device that signs in. All optional, all shown in the list of sessions. */
export interface DeviceOptions {
  /** Client address, without its zone (RFC 4007). What is not an IP address is stored as `null`. */
  readonly ip?: string | null | undefined
  /** Label of at most 40 characters; longer ones are cut. `deviceLabel` makes one of a User-Agent. */
  readonly device?: string | null | undefined
}

export interface CarriedOptions {
  /**
   * The token that the request carried, if any. A log-in always makes a new session (no fixation)
   * and ends this one in the same transaction, even if it was rotated meanwhile.
   */
  readonly carried?: string | undefined
  /**
   * Whether the new session takes over the `data` of the carried one, if that was anonymous or the
   * same user's and nobody else acted in it. Default false.
   */
  readonly carryData?: boolean | undefined
}

export interface SignInOptions<Input = JsonObject> extends DeviceOptions, CarriedOptions {
  /** How the user was authenticated: RFC 8176 names. At most 10. Default none. */
  readonly methods?: readonly string[] | undefined
  /** `false`: ends with the browser, and after a day at the latest. Default true. */
  readonly persistent?: boolean | undefined
  /**
   * The session's `data`, used where none is carried over. Default `{}`: a schema that does not take
   * that needs `data` at every sign-in, or a default for each key.
   */
  readonly data?: Input | undefined
}

/** A sign-in under way. What `complete` makes is void if the user's sessions were ended since it began. */
export interface SignInAttempt<
  User extends AnyUser = AnyUser,
  Data = JsonObject,
  Input = JsonObject,
> {
  /**
   * What must be kept to go on in another request (a second factor), where the client cannot change
   * it, such as an anonymous session's `data`; `resumeSignIn` takes it. It does not expire: keep with
   * it when the first factor was checked, and for how long you believe that.
   */
  readonly state: SignInState<User['id']>
  /**
   * Makes the session. Call it when every credential has been checked.
   * @throws {CloakroomError} `sign_in_superseded`, `user_inactive`, `too_many_sessions`,
   * `invalid_data`, `clock_skew`, `store_unavailable`
   */
  complete(options?: SignInOptions<Input>): Promise<IssuedSession<User, Data>>
}

export interface SignInState<Id extends UserId = UserId> {
  readonly userId: Id
  readonly epoch: number
}

/** Reads the user's epoch. To be called before the credential is checked: see `Store.epoch`. */
export async function beginSignIn<User extends AnyUser, Data, Input>(
  context: Context<Data>,
  userId: User['id'],
): Promise<SignInAttempt<User, Data, Input>> {
  checkUserId(context.userIdType, userId)
  return resumeSignIn(context, { userId, epoch: await context.store.epoch(userId, null) })
}

export function resumeSignIn<User extends AnyUser, Data, Input>(
  context: Context<Data>,
  state: SignInState<User['id']>,
): SignInAttempt<User, Data, Input> {
  checkUserId(context.userIdType, state.userId)
  if (!Number.isSafeInteger(state.epoch)) throw new TypeError('state.epoch must be an integer')
  const frozen = Object.freeze({ userId: state.userId, epoch: state.epoch })
  return Object.freeze({
    state: frozen,
    complete: (options: SignInOptions<Input> = {}) =>
      issue<User, Data>(context, { ...options, ...frozen, impersonatorId: null }),
  })
}

/** A session before a log-in, for what must outlive a request: a cart, a sign-in half done. */
export async function createAnonymous<User extends AnyUser, Data, Input>(
  context: Context<Data>,
  options: Pick<SignInOptions<Input>, 'data' | 'ip' | 'device' | 'persistent'> = {},
): Promise<{ token: string; session: Session<Data, User['id']> }> {
  const nobody = { userId: null, impersonatorId: null, epoch: undefined }
  const { token, found } = await create(context, { ...options, ...nobody })
  return { token, session: (live(context, found) as AnonymousSession<User, Data>).session }
}

interface Beginning extends SignInOptions<unknown> {
  readonly userId: UserId | null
  readonly impersonatorId: UserId | null
  readonly epoch: number | undefined
  readonly clientId?: string
  readonly lifetimeMs?: number
}

/** Makes a session with a user, and reads it back as a verification would. */
export async function issue<User extends AnyUser, Data>(
  context: Context<Data>,
  beginning: Beginning,
): Promise<IssuedSession<User, Data>> {
  const { token, found } = await create(context, beginning)
  const { session } = live<User, Data>(context, found)
  return { token, session, user: found.user as User }
}

async function create<Data>(
  context: Context<Data>,
  beginning: Beginning,
): Promise<{ token: string; found: Found }> {
  const { store, policy, cap } = context
  const { userId, impersonatorId, clientId = null, persistent = true } = beginning
  const { carried, carryData = false } = beginning
  const impersonated = impersonatorId !== null
  const isCapped = userId !== null && clientId === null && !impersonated
  const token = mintToken(userId, context.clock())
  const row: NewSession = {
    id: token.id,
    secretHash: hashSecret(token.secret),
    familyHash: hashFamily(token.secret),
    userId,
    impersonatorId,
    epoch: beginning.epoch,
    clientId,
    lifetimeMs: Math.min(
      lifetime(policy, { persistent, impersonated }),
      beginning.lifetimeMs ?? Infinity,
    ),
    persistent,
    authenticated: userId !== null && !impersonated,
    methods: checkMethods(beginning.methods ?? []),
    ip: addressOf(beginning.ip),
    device: labelOf(beginning.device),
    data: await context.data.encode(beginning.data ?? {}),
    maxClockSkewMs: policy.maxClockSkewMs,
    replaces: await replacedBy(context, carried, { userId, carryData }),
    cap: isCapped ? cap : undefined,
  }
  const created = await store.create(row)
  if (created.outcome !== 'created') throw refusal(created.outcome)
  return { token: formatToken(context.tokenPrefix, token), found: created.found }
}

/** The session that the request carried, if its token is really its token. */
async function replacedBy<Data>(
  context: Context<Data>,
  carried: string | undefined,
  { userId, carryData }: { userId: UserId | null; carryData: boolean },
): Promise<Replaced | undefined> {
  const token = readToken(context, carried)
  if (typeof token === 'string') return undefined
  const replaced = { id: token.id, familyHash: hashFamily(token.secret) }
  if (!carryData) return { ...replaced, carryData: false }
  const current = await lookUp(context, carried)
  if (typeof current === 'string') return { ...replaced, carryData: false }
  const { userId: owner, impersonatorId } = current.found.session
  const isOwn = owner === userId && impersonatorId === null
  return { ...replaced, carryData: owner === null || isOwn }
}

/** What to throw where `Store.create` made no session. */
export function refusal(outcome: Exclude<Created['outcome'], 'created'>): CloakroomError {
  switch (outcome) {
    case 'superseded':
      return new CloakroomError(
        'sign_in_superseded',
        'The user is blocked, or all of its sessions were ended after this sign-in began. Begin again.',
      )
    case 'inactive':
      return new CloakroomError('user_inactive', 'There is no such user, or it is not active.')
    case 'too_many':
      return new CloakroomError(
        'too_many_sessions',
        'The user has as many sessions as it may have.',
      )
    case 'clock_skew':
      return new CloakroomError(
        'clock_skew',
        "This machine's clock and the database's differ by more than maxClockSkewSeconds. Synchronise them (NTP).",
      )
    case 'conflict':
      return new CloakroomError('update_conflict', 'The session to be replaced changed meanwhile.')
  }
}

const maxDeviceLength = 40

// Both may be what a client sent. Some databases refuse NUL, and half a character.
function labelOf(device: string | null | undefined): string | null {
  const characters = [...(device ?? '').toWellFormed().replace(/\p{Cc}/gu, '')]
  return characters.slice(0, maxDeviceLength).join('') || null
}

/** What is stored of a client's address. */
export function addressOf(ip: string | null | undefined): string | null {
  const [address = ''] = (ip ?? '').split('%')
  return isIP(address) === 0 ? null : address
}

const methodName = /^[\w.:+-]{1,32}$/

/** @throws {TypeError} for what cannot be a list of RFC 8176 method names */
export function checkMethods(methods: readonly string[]): readonly string[] {
  if (!Array.isArray(methods) || methods.length > 10 || !methods.every((m) => methodName.test(m))) {
    throw new TypeError('methods must be at most 10 names of RFC 8176, such as pwd or otp')
  }
  return [...new Set(methods)]
}
