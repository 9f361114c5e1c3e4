import { html } from 'hono/html'
import { formTokenField, renderPage, signOutForm } from './layout.ts'
import { actorOf, type Page } from './page-context.ts'
import { home, seeOther } from './redirect.ts'
import { endButton, sessionList } from './session-list.ts'
import { texts } from './texts.ts'

export const accountPage: Page = {
  async show(context) {
    const { service } = context.var
    const actor = actorOf(context)
    const { user, session: current } = actor
    const sessions = await service.sessions(actor)
    const setupIsOpen = await service.setupIsOpen()
    const { account } = texts
    return renderPage(context, {
      title: account.title,
      main: html`<header class="heading">
<div>
<h1>${account.title}</h1>
<p>${account.signedInAs} <strong class="email">${user.email}</strong>
${user.admin && html`<span class="badge">${account.administrator}</span>`}</p>
</div>
<a class="button" href="/account/password">${account.changePassword}</a>
</header>
${
  setupIsOpen &&
  html`<p class="banner">${account.setup} <a href="/setup">${account.setupLink}</a></p>`
}
<section aria-labelledby="sessions">
<h2 id="sessions">${texts.sessions.title}</h2>
<p class="lead">${sessions.length > 1 ? texts.sessions.explanation : texts.sessions.noOthers}</p>
${sessionList({
  sessions,
  currentId: current.id,
  action: (session) =>
    session.id === current.id
      ? signOutForm(context)
      : html`<form method="post" action="/account">${formTokenField(context)}${endButton(session)}</form>`,
})}
${
  sessions.length > 1 &&
  html`<form method="post" action="/account" class="after-list">
${formTokenField(context)}<button name="end" value="others" class="danger">${texts.sessions.endOthers}</button>
</form>`
}
</section>`,
    })
  },

  async submit(context) {
    const { service, form } = context.var
    const actor = actorOf(context)
    const end = form.get('end') ?? ''
    if (end === 'others') {
      await service.endOtherSessions(actor)
      return seeOther(context, home, 'others_ended')
    }
    await service.endSession(actor, end)
    return seeOther(context, home, 'session_ended')
  },
}
