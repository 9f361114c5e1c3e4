import {
  bearerAnswer,
  bearerToken,
  type RevokedSessionsOptions,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { nodeSessions } from 'cloakroom/node'
import { audience, issuer } from '../workload/signed-tokens.ts'
import { openSessions, type Place } from './open-sessions.ts'
import { type Routes, runChild, sendJson } from './run-child.ts'

export type ApplicationSettings =
  | { readonly credential: 'cookie'; readonly place: Place }
  | {
      readonly credential: 'access token'
      readonly jwksUrl: string
      readonly revokedSessions?: Pick<RevokedSessionsOptions, 'url' | 'authorization'>
    }

/** `GET /` says who is asking, and nothing else. */
async function openApplication(settings: ApplicationSettings): Promise<Routes> {
  return settings.credential === 'cookie' ? behindCookies(settings) : behindTokens(settings)
}

async function behindCookies({
  place,
}: Extract<ApplicationSettings, { credential: 'cookie' }>): Promise<Routes> {
  const { auth, statements } = await openSessions(place)
  const sessions = nodeSessions(auth)
  return {
    'GET /': sessions.required((request, response) => {
      const verification = sessions.of(request)
      if (verification.status !== 'authenticated') throw new Error('It was required')
      sendJson(response, { user: verification.user.id })
    }),
    'GET /statements': (_, response) => sendJson(response, { statements: statements() }),
  }
}

function behindTokens({
  credential: _,
  ...options
}: Extract<ApplicationSettings, { credential: 'access token' }>): Routes {
  const tokens = verifyAccessTokens({ issuer, audience, userIdType: 'integer', ...options })
  return {
    async 'GET /'(request, response) {
      const result = await tokens.verify(bearerToken(request.headers.authorization))
      if (result.status === 'authenticated') {
        return sendJson(response, { user: result.identity.userId })
      }
      const { status, headers } = bearerAnswer(result)
      return response.writeHead(status, headers).end()
    },
    // It has no database.
    'GET /statements': (_, response) => sendJson(response, { statements: 0 }),
  }
}

await runChild(openApplication)
