import type { Context } from 'hono'
import type { IssuedSession, ServiceUser, UserSession } from '../service.ts'

/** What the API shows of a user. */
export function userView({ id, email, admin }: ServiceUser) {
  return { id, email, admin }
}

/** What the API shows of a session: never a token or a hash. */
export function sessionView(session: UserSession, currentId?: string) {
  const { id, createdAt, lastSeenAt, expiresAt, persistent, methods } = session
  const { ip, device, clientId, impersonatorId } = session
  return {
    id,
    createdAt,
    lastSeenAt,
    expiresAt,
    persistent,
    methods,
    ip,
    device,
    // In nearly all sessions there is none, and nobody need know of it.
    ...(clientId !== null && { clientId }),
    impersonatorId,
    current: id === currentId,
  }
}

/** A session that was just made or rotated: in a cookie, or with its token in the body, this once. */
export function sendIssued(context: Context, issued: IssuedSession): Response {
  const { session, user, token, setCookie } = issued
  if (setCookie !== undefined) context.header('set-cookie', setCookie)
  return context.json({
    ...(token === undefined ? {} : { token }),
    session: sessionView(session, session.id),
    user: userView(user),
  })
}
