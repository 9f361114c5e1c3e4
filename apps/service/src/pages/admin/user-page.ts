import { html } from 'hono/html'
import type { Actor, UserSummary } from '../../service.ts'
import { formTokenField, renderPage } from '../layout.ts'
import { moment } from '../moment.ts'
import { administratorOf, type Page, type PageContext, parameter } from '../page-context.ts'
import { seeOther } from '../redirect.ts'
import type { Html } from '../rendered.ts'
import { endButton, sessionList } from '../session-list.ts'
import { texts } from '../texts.ts'
import { stateBadge } from './state-badge.ts'

export const userPage: Page = {
  async show(context) {
    const actor = administratorOf(context)
    const { user, sessions } = await context.var.service.admin.user(actor, parameter(context, 'id'))
    const path = userPath(user.id)
    return renderPage(context, {
      title: user.email,
      main: html`<p class="breadcrumb"><a href="/admin/users">${texts.user.back}</a></p>
<header class="heading">
<div>
<h1 class="email">${user.email}</h1>
<p>${stateBadge(user)}</p>
</div>
${blockAction(context, actor, user)}
</header>
<dl class="facts">
<div><dt>${texts.admin.id}</dt><dd><code>${user.id}</code></dd></div>
<div><dt>${texts.admin.joined}</dt><dd>${moment(user.createdAt)}</dd></div>
${user.blockedAt && html`<div><dt>${texts.admin.blockedSince}</dt><dd>${moment(user.blockedAt)}</dd></div>`}
</dl>
<section aria-labelledby="sessions">
<h2 id="sessions">${texts.user.sessions}</h2>
${
  sessions.length === 0
    ? html`<p class="empty">${texts.sessions.none}</p>`
    : html`${sessionList({
        sessions,
        currentId: actor.session.id,
        action: (session) =>
          html`<form method="post" action="${path}">${formTokenField(context)}${endButton(session)}</form>`,
      })}
<p class="after-list"><a class="button danger" href="${path}/end-sessions">${texts.user.endAll}</a></p>`
}
</section>`,
    })
  },

  async submit(context) {
    const { service, head, form } = context.var
    const actor = administratorOf(context)
    const id = parameter(context, 'id')
    if (form.has('unblock')) {
      await service.admin.unblock(actor, id, head)
      return seeOther(context, userPath(id), 'user_unblocked')
    }
    await service.admin.endSession(actor, id, form.get('end') ?? '', head)
    return seeOther(context, userPath(id), 'session_ended')
  },
}

export function userPath(id: string): string {
  return `/admin/users/${encodeURIComponent(id)}`
}

function blockAction(context: PageContext, actor: Actor, user: UserSummary): Html {
  const path = userPath(user.id)
  if (user.id === actor.user.id) return html`<p>${texts.user.yourself}</p>`
  if (user.blockedAt === null) {
    return html`<a class="button danger" href="${path}/block">${texts.user.block}</a>`
  }
  return html`<form method="post" action="${path}">
${formTokenField(context)}<button name="unblock" value="yes">${texts.user.unblock}</button>
</form>`
}
