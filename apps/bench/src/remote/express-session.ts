import { createHmac } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import createSession, { type Store } from 'express-session'
import { asReceived } from '../workload/as-received.ts'
import type { RemoteTarget } from './remote-target.ts'

declare module 'express-session' {
  interface SessionData {
    userId?: number
  }
}

interface ExpressSessionOptions extends Pick<RemoteTarget, 'sent' | 'bytesPerSession'> {
  readonly name: string
  readonly store: Store
  /** The session id of each session. */
  readonly ids: readonly string[]
  /** The user query that an application makes beside: the user's number, `undefined` if banned. */
  readonly loadUser: (id: number) => Promise<number | undefined>
  readonly close: () => Promise<void>
}

/** What cookies of express-session are signed with here. */
export const secret = 'a secret of some thirty characters'

/**
 * The middleware of express-session with a store of the field, then the application's own query for
 * the user, then the end of the response: which is when express-session writes that the session was
 * used.
 */
export function expressSession({
  store,
  ids,
  loadUser,
  ...options
}: ExpressSessionOptions): RemoteTarget<string, number | undefined> {
  const middleware = createSession({ secret, store, resave: false, saveUninitialized: false })
  return {
    note: 'the middleware, the user by a query of its own, the touch at the end of the response',
    ...expressSessionCookies(ids),
    authenticate: (header) =>
      new Promise((resolve, reject) => {
        const request = new IncomingMessage(new Socket())
        request.url = '/'
        request.method = 'GET'
        request.headers = { cookie: header }
        const response = new ServerResponse(request)
        let user: number | undefined
        response.end = () => {
          resolve(user)
          return response
        }
        async function handle(error?: unknown): Promise<void> {
          if (error !== undefined) throw error
          const { userId } = (request as unknown as Express.Request).session
          user = userId === undefined ? undefined : await loadUser(userId)
          response.end()
        }
        middleware(request as never, response as never, (error) => void handle(error).catch(reject))
      }),
    userOf: (user) => user,
    ...options,
  }
}

/** What the clients of these sessions show, and what must be refused. */
export function expressSessionCookies(
  ids: readonly string[],
): Pick<RemoteTarget<string>, 'credentials' | 'wrong'> {
  const cookie = (id: string, key: string) => asReceived(`connect.sid=${signed(id, key)}`)
  return {
    credentials: ids.map((id) => cookie(id, secret)),
    wrong: {
      'the id of no session': cookie('of-nobody', secret),
      'the signature of another secret': cookie(ids[0] as string, 'another secret'),
    },
  }
}

/** As `cookie-signature` signs for express-session. */
function signed(id: string, key: string): string {
  const signature = createHmac('sha256', key).update(id).digest('base64').replace(/=+$/, '')
  return encodeURIComponent(`s:${id}.${signature}`)
}
