import { Readable } from 'node:stream'
import { eventStreamHeaders, issueAccessTokens, tellEndedSessions } from 'cloakroom/access-tokens'
import { nodeSessions } from 'cloakroom/node'
import { audience, issuer } from '../workload/signed-tokens.ts'
import { openSessions, type Place } from './open-sessions.ts'
import { type Routes, runChild, sendJson } from './run-child.ts'

export interface AuthoritySettings {
  readonly place: Place
  /** `undefined`: it issues no access tokens. */
  readonly tokens?: {
    readonly lifetimeSeconds: number
    readonly keyEncryptionKey: string
    /** What resource servers show to hear of ended sessions. */
    readonly authorization: string
  }
}

async function openAuthority({ place, tokens }: AuthoritySettings): Promise<Routes> {
  const { auth, statements } = await openSessions(place)
  const routes: Routes = {
    'GET /statements': (_, response) => sendJson(response, { statements: statements() }),
    async 'POST /sign-in'(request, response) {
      const attempt = await auth.beginSignIn(Number(request.headers['x-user']))
      const { token, session } = await attempt.complete({ methods: ['pwd'] })
      sendJson(response, { cookie: `${auth.http.cookieName}=${token}`, sessionId: session.id })
    },
    async 'POST /revoke'(request, response) {
      const revoked = await auth.revoke({ sessionId: String(request.headers['x-session']) })
      sendJson(response, { revoked })
    },
  }
  if (tokens === undefined) return routes

  const { authorization, ...options } = tokens
  const sessions = nodeSessions(auth)
  const issuing = await issueAccessTokens({
    auth,
    issuer,
    audiences: { [audience]: {} },
    ...options,
  })
  const ended = tellEndedSessions({ auth })
  return {
    ...routes,
    'POST /token': sessions.required(async (request, response) => {
      const verification = sessions.of(request)
      if (verification.status !== 'authenticated') throw new Error('It was required')
      const { token } = await issuing.mint(verification, { audience })
      sendJson(response, { access_token: token })
    }),
    'GET /jwks.json': async (_, response) => sendJson(response, await issuing.jwks()),
    'GET /ended-sessions'(request, response) {
      if (request.headers.authorization !== authorization) return response.writeHead(401).end()
      response.writeHead(200, eventStreamHeaders).flushHeaders()
      return Readable.fromWeb(ended.open()).pipe(response)
    },
  }
}

await runChild(openAuthority)
