import type { RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import { clearDevice } from '../http/clear-device.ts'
import { sendProblem } from '../http/problem.ts'
import { type ApiParts, type Endpoint, forSignedIn, transports } from './endpoint.ts'
import { sessionView, userView } from './views.ts'

interface SessionsApi {
  readonly current: Endpoint
  readonly signOut: Endpoint
  readonly list: Endpoint
  readonly end: Endpoint
  readonly endOthers: Endpoint
}

/** The own sessions. */
export function sessionsApi(parts: ApiParts): SessionsApi {
  const { service, headOf } = parts
  const { http } = service.auth

  async function signOut(context: Context, head: RequestHead): Promise<Response> {
    clearDevice(context, await http.signOut(head, { transports }))
    return context.body(null, 204)
  }

  return {
    current: forSignedIn(parts, async ({ context, actor: { session, user } }) =>
      context.json({ session: sessionView(session, session.id), user: userView(user) }),
    ),

    // Also for whoever is not signed in any more: what is wanted is done.
    async signOut(context) {
      const head = headOf(context)
      const verdict = await http.authenticate(head, { transports })
      if (verdict.status === 'refused') {
        return sendProblem(context, http.refusal(verdict, { transports }))
      }
      return signOut(context, head)
    },

    list: forSignedIn(parts, async ({ context, actor }) => {
      const sessions = await service.sessions(actor)
      return context.json({
        sessions: sessions.map((session) => sessionView(session, actor.session.id)),
      })
    }),

    end: forSignedIn(parts, async ({ context, head, actor }) => {
      const id = context.req.param('id') ?? ''
      if (id === actor.session.id) return signOut(context, head)
      await service.endSession(actor, id)
      return context.body(null, 204)
    }),

    endOthers: forSignedIn(parts, async ({ context, actor }) =>
      context.json({ revoked: await service.endOtherSessions(actor) }),
    ),
  }
}
