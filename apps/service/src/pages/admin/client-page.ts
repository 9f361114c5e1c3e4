import { html } from 'hono/html'
import type { Client } from '../../oauth/clients.ts'
import { formatGrants } from '../../oauth/grants.ts'
import { formTokenField, renderPage } from '../layout.ts'
import { moment } from '../moment.ts'
import { administratorOf, type Page, type PageContext, parameter } from '../page-context.ts'
import { seeOther } from '../redirect.ts'
import type { Html } from '../rendered.ts'
import { texts } from '../texts.ts'
import { renderCredentials } from './client-credentials.ts'
import { clientPath } from './client-path.ts'

export const clientPage: Page = {
  async show(context) {
    const actor = administratorOf(context)
    const client = await context.var.service.admin.client(actor, parameter(context, 'id'))
    const { clients } = texts
    return renderPage(context, {
      title: client.name,
      main: html`<p class="breadcrumb"><a href="/admin/clients">${clients.back}</a></p>
<h1>${client.name}</h1>
<dl class="facts">
<div><dt>${clients.id}</dt><dd><code>${client.id}</code></dd></div>
<div><dt>${clients.kind}</dt><dd>${client.confidential ? clients.kinds.confidential : clients.kinds.public}</dd></div>
<div><dt>${clients.grants}</dt><dd>${formatGrants(client.grants) || texts.audit.nothing}</dd></div>
${client.serves !== null && html`<div><dt>${clients.serves}</dt><dd>${client.serves}</dd></div>`}
<div><dt>${clients.added}</dt><dd>${moment(client.createdAt)}</dd></div>
</dl>
${client.confidential && secrets(context, client)}
<p class="after-list"><a class="button danger" href="${clientPath(client.id)}/remove">${clients.remove}</a></p>`,
    })
  },

  async submit(context) {
    const { service, head, form } = context.var
    const actor = administratorOf(context)
    const id = parameter(context, 'id')
    if (form.has('drop')) {
      await service.admin.dropOldClientSecret(actor, id, head)
      return seeOther(context, clientPath(id), 'client_secret_dropped')
    }
    return renderCredentials(context, await service.admin.renewClientSecret(actor, id, head))
  },
}

function secrets(context: PageContext, { id, hasOldSecret }: Client): Html {
  const { clients } = texts
  return html`<section aria-labelledby="secret">
<h2 id="secret">${clients.secret}</h2>
<p>${hasOldSecret ? clients.twoSecrets : clients.oneSecret}</p>
<form method="post" action="${clientPath(id)}">
${formTokenField(context)}
<div class="actions">
<button name="renew" value="yes">${clients.renew}</button>
${hasOldSecret && html`<button name="drop" value="yes">${clients.drop}</button>`}
</div>
</form>
</section>`
}
