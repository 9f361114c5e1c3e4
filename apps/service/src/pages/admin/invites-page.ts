import { html } from 'hono/html'
import { formTokenField, renderPage } from '../layout.ts'
import { moment } from '../moment.ts'
import { administratorOf, type Page } from '../page-context.ts'
import { texts } from '../texts.ts'
import { renderTicket } from '../ticket.ts'

export const invitesPage: Page = {
  async show(context) {
    administratorOf(context)
    const policy = await context.var.service.signUpPolicy()
    const { invites } = texts
    return renderPage(context, {
      title: invites.title,
      main: html`<h1>${invites.title}</h1>
<p>${invites.explanation}</p>
<p>${invites.policy[policy]}</p>
<form method="post" action="/admin/invites">
${formTokenField(context)}<button class="primary">${invites.submit}</button>
</form>`,
    })
  },

  // The one POST that is not answered by a redirect: the code is stored nowhere, and an address
  // would show it to the browser's history (ASVS 14.2.1).
  async submit(context) {
    const { service, head } = context.var
    const { code, expiresAt } = await service.admin.invite(administratorOf(context), head)
    const { invites } = texts
    return renderTicket(context, {
      title: invites.madeTitle,
      body: html`<div class="stack">
<p class="code"><code>${code}</code></p>
<p>${invites.expires} ${moment(expiresAt)}.</p>
<p>${invites.copyNow}</p>
<a class="button" href="/admin/invites">${invites.finish}</a>
</div>`,
    })
  },
}
