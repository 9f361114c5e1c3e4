import type { Cloakroom } from '../cloakroom.ts'
import { contextOf } from '../core/context.ts'
import type { AnyUser, UserId } from '../core/user.ts'
import { answer, type Callback } from './answer.ts'
import { entriesOf } from './entries.ts'
import { type Client, frameworkSessions, type Known } from './framework-sessions.ts'
import type { SessionData } from './session-data.ts'
import { sessionObjects } from './session-objects.ts'
import { checkUserIdOption, type UserIdOption } from './user-id-option.ts'

export { sessionIdOf } from './sid.ts'

export interface FastifySessionStoreOptions<Data, Id extends UserId = UserId> {
  /**
   * Where your session object keeps the id of the user who is signed in, of the type that
   * `users.id.type` says; `null` or `undefined` for nobody.
   *
   * It is asked at each load and each change, about the object as it is stored. It must not depend
   * on anything else: a session whose user is not the one that it was saved with is not served.
   */
  readonly userId: UserIdOption<Data, Id>
}

/** What `@fastify/session` asks of a store. */
export interface FastifySessionStore<Data> {
  get(sid: string, callback: Callback<Data | null>): void
  set(sid: string, session: Data, callback: Callback): void
  destroy(sid: string, callback: Callback): void
}

/**
 * Says of the object that holds it which session it was loaded from. `@fastify/session` tells a
 * store nothing about its objects, but copies into them every property of what was loaded.
 */
class Origin {
  readonly known: Known

  constructor(known: Known) {
    this.known = known
  }

  /** Is in no JSON: neither stored, nor a change of the session. */
  toJSON(): undefined {
    return undefined
  }
}

const originKey = 'cloakroomOrigin'

// A session object of @fastify/session does not show its request.
const unknownClient: Client = { ip: null, device: null }

/**
 * A store for `@fastify/session`, which keeps sessions where `auth` does:
 * `app.register(fastifySession, { store, … })`.
 *
 * @throws {TypeError} for bad options
 */
export function fastifySessionStore<Data extends object, User extends AnyUser, AuthData, Input>(
  auth: Cloakroom<User, AuthData, Input>,
  options: FastifySessionStoreOptions<Data, User['id']>,
): FastifySessionStore<Data> {
  const context = contextOf(auth)
  const { onError } = context
  const sessions = frameworkSessions(context, checkUserIdOption<SessionData>(options.userId))
  const objects = sessionObjects(sessions)

  async function load(sid: string): Promise<Data | null> {
    const loaded = await sessions.load(sid)
    if (loaded === undefined) return null
    const { data, known } = loaded
    return { ...data, [originKey]: new Origin(known) } as unknown as Data
  }

  async function save(sid: string, object: object): Promise<void> {
    const entries = entriesOf(object)
    const origin = (object as { [originKey]?: unknown })[originKey]
    // Only at first, for later saves know better. Has no effect if it was copied by `regenerate(keys)`.
    if (origin instanceof Origin && !objects.knows(object, sid)) objects.learn(object, origin.known)
    await objects.save(object, { sid, entries, client: unknownClient, isGenerated: false })
  }

  return Object.freeze<FastifySessionStore<Data>>({
    get: (sid, callback) => answer(load(sid), callback, onError),
    set: (sid, session, callback) => answer(save(sid, session), callback, onError),
    destroy: (sid, callback) => answer(sessions.end(sid), callback, onError),
  })
}
