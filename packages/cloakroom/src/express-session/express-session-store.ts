import type { Cloakroom } from '../cloakroom.ts'
import { contextOf } from '../core/context.ts'
import { addressOf, beginSignIn, type SignInState } from '../core/sign-in.ts'
import type { AnyUser, UserId } from '../core/user.ts'
import { deviceLabel } from '../http/device.ts'
import { answer, type Callback } from './answer.ts'
import { entriesOf } from './entries.ts'
import { type Client, frameworkSessions } from './framework-sessions.ts'
import type { SessionData } from './session-data.ts'
import { sessionObjects } from './session-objects.ts'
import { checkUserIdOption, type UserIdOption } from './user-id-option.ts'

export interface ExpressSessionStoreOptions<Store, Id extends UserId = UserId> {
  /** What `express-session` exports, of whose class `Store` the store will be. */
  readonly session: { readonly Store: abstract new () => Store }
  /**
   * Where your session object keeps the id of the user who is signed in, of the type that
   * `users.id.type` says; `null` or `undefined` for nobody. With Passport
   * `(session) => session.passport?.user`.
   *
   * It is asked at each load and each change, about the object as it is stored. It must not depend
   * on anything else: a session whose user is not the one that it was saved with is not served.
   */
  readonly userId: UserIdOption<SessionOf<Store>, Id>
}

/** The session object as the application has declared it. In a new one nothing is set yet. */
export type SessionOf<Store> = Store extends {
  get(sid: string, callback: (...answer: infer Answer) => void): void
}
  ? Partial<NonNullable<Answer[1]>>
  : never

/** What the store can do beside what `express-session` asks of it. */
export interface SignInVerbs<Id extends UserId = UserId> {
  /**
   * To be awaited **before** the password is checked: if the user is blocked, or all of its sessions
   * are ended, before this request saves its log-in, there will be none (`sign_in_superseded`).
   * Without it a log-in begins when it is saved.
   *
   * @throws {CloakroomError} `invalid_user_id`, `store_unavailable`
   */
  beginSignIn(request: object, userId: Id): Promise<void>
}

/** As much of Express's request as is read here. */
interface ExpressRequest {
  session?: object
  readonly ip?: string | undefined
  readonly headers?: { readonly 'user-agent'?: string | undefined }
}

type Generate = (request: ExpressRequest) => void

/** What comes with the class `Store` of `express-session`. */
interface BaseStore {
  createSession(request: ExpressRequest, data: object): object
}

/**
 * A store for `express-session`, which keeps sessions where `auth` does: `session({ store, … })`.
 *
 * A session is made only of an object that `express-session` has just generated. Every other one
 * changes the session that it was loaded from, or nothing if that has ended. So no slow request and
 * no `resave` can undo a log-out.
 *
 * @throws {TypeError} for bad options
 */
export function expressSessionStore<Store, User extends AnyUser, Data, Input>(
  auth: Cloakroom<User, Data, Input>,
  options: ExpressSessionStoreOptions<Store, User['id']>,
): Store & SignInVerbs<User['id']> {
  const context = contextOf(auth)
  const { onError } = context
  const userIdOf = checkUserIdOption<SessionData>(options.userId)
  if (typeof options.session?.Store !== 'function') {
    throw new TypeError('session must be what express-session exports: it has the class Store')
  }
  const sessions = frameworkSessions(context, userIdOf)
  const objects = sessionObjects(sessions)
  const generated = new WeakSet<object>()
  const signIns = new WeakMap<object, SignInState>()

  async function load(sid: string): Promise<object | undefined> {
    const loaded = await sessions.load(sid)
    if (loaded !== undefined) objects.learn(loaded.data, loaded.known)
    return loaded?.data
  }

  async function save(sid: string, object: object): Promise<void> {
    const isGenerated = generated.has(object)
    if (!isGenerated && !objects.knows(object, sid)) {
      // It could be a copy from before a log-out, which must not be undone.
      throw new TypeError(
        'set takes the object that get gave, or a session of a request, and no copy',
      )
    }
    const entries = entriesOf(object)
    await objects.save(object, { sid, entries, client: clientOf(object), isGenerated })
  }

  // Called for objects without changes; but `express-session` does not count those of the cookie.
  async function touch(sid: string, object: object): Promise<void> {
    if (objects.knows(object, sid)) await save(sid, object)
  }

  function clientOf({ req }: { req?: ExpressRequest }): Client {
    return {
      ip: addressOf(req?.ip),
      device: deviceLabel(req?.headers?.['user-agent']),
      signIn: req && signIns.get(req),
    }
  }

  class SessionStore extends (options.session.Store as unknown as new () => BaseStore) {
    #generate: Generate | undefined

    /** Set by `express-session`; the only word that it has about which objects are new. */
    get generate(): Generate | undefined {
      return this.#generate
    }

    set generate(generate: Generate) {
      this.#generate = (request) => {
        generate(request)
        if (request.session !== undefined) generated.add(request.session)
      }
    }

    override createSession(request: ExpressRequest, data: object): object {
      const object = super.createSession(request, data)
      objects.inherit(object, data)
      return object
    }

    get(sid: string, callback?: Callback<object | undefined>): void {
      answer(load(sid), callback, onError)
    }

    set(sid: string, object: object, callback?: Callback): void {
      answer(save(sid, object), callback, onError)
    }

    touch(sid: string, object: object, callback?: Callback): void {
      answer(touch(sid, object), callback, onError)
    }

    destroy(sid: string, callback?: Callback): void {
      answer(sessions.end(sid), callback, onError)
    }

    async beginSignIn(request: object, userId: User['id']): Promise<void> {
      signIns.set(request, (await beginSignIn(context, userId)).state)
    }
  }

  return new SessionStore() as unknown as Store & SignInVerbs<User['id']>
}
