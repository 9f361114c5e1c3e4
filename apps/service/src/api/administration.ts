import type { Context } from 'hono'
import type { AuditEntry, UserSummary } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import { type ApiParts, type Endpoint, forSignedIn } from './endpoint.ts'
import { sessionView } from './views.ts'

interface AdministrationApi {
  readonly users: Endpoint
  readonly user: Endpoint
  readonly block: Endpoint
  readonly unblock: Endpoint
  readonly endSession: Endpoint
  readonly endSessions: Endpoint
  readonly endEverybodysSessions: Endpoint
  readonly invite: Endpoint
  readonly audit: Endpoint
}

/** For administrators. */
export function administrationApi(parts: ApiParts): AdministrationApi {
  const { admin } = parts.service
  return {
    users: forSignedIn(parts, async ({ context, actor }) => {
      const prefix = context.req.query('query') ?? ''
      const { items, next } = await admin.users(actor, {
        prefix,
        after: context.req.query('after'),
      })
      return context.json({ users: items.map(summaryView), next })
    }),

    user: forSignedIn(parts, async ({ context, actor }) => {
      const { user, sessions } = await admin.user(actor, idIn(context))
      return context.json({
        user: summaryView(user),
        sessions: sessions.map((session) => sessionView(session, actor.session.id)),
      })
    }),

    block: forSignedIn(parts, async ({ context, actor, head }) => {
      await admin.block(actor, idIn(context), head)
      return context.body(null, 204)
    }),

    unblock: forSignedIn(parts, async ({ context, actor, head }) => {
      await admin.unblock(actor, idIn(context), head)
      return context.body(null, 204)
    }),

    endSession: forSignedIn(parts, async ({ context, actor, head }) => {
      await admin.endSession(actor, idIn(context), context.req.param('session') ?? '', head)
      return context.body(null, 204)
    }),

    endSessions: forSignedIn(parts, async ({ context, actor, head }) =>
      context.json({ revoked: await admin.endSessions(actor, idIn(context), head) }),
    ),

    endEverybodysSessions: forSignedIn(parts, async ({ context, actor, head }) =>
      context.json({ revoked: await admin.endEverybodysSessions(actor, head) }),
    ),

    invite: forSignedIn(parts, async ({ context, actor, head }) =>
      context.json(await admin.invite(actor, head), 201),
    ),

    audit: forSignedIn(parts, async ({ context, actor }) => {
      const before = entryId(context.req.query('before'))
      const { items, next } = await admin.audit(actor, { before })
      return context.json({ entries: items.map(entryView), next })
    }),
  }
}

function idIn(context: Context): string {
  return context.req.param('id') ?? ''
}

function entryId(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new ServiceError('invalid_input')
  return Number(text)
}

function summaryView({ id, email, admin, createdAt, blockedAt }: UserSummary) {
  return { id, email, admin, createdAt, blockedAt }
}

function entryView(entry: AuditEntry) {
  const { id, at, actorId, actorEmail, action, targetId, targetEmail, ip, detail } = entry
  return { id, at, actorId, actorEmail, action, targetId, targetEmail, ip, detail }
}
