import { html } from 'hono/html'
import type { Client } from '../../oauth/clients.ts'
import { renderPage } from '../layout.ts'
import { moment } from '../moment.ts'
import { administratorOf, type Page } from '../page-context.ts'
import type { Html } from '../rendered.ts'
import { texts } from '../texts.ts'
import { clientPath } from './client-path.ts'

export const clientsPage: Page = {
  async show(context) {
    const items = await context.var.service.admin.clients(administratorOf(context))
    const { clients } = texts
    return renderPage(context, {
      title: clients.title,
      main: html`<h1>${clients.title}</h1>
<p>${clients.explanation}</p>
${items.length === 0 ? html`<p class="empty">${clients.empty}</p>` : table(items)}
<p class="after-list"><a class="button primary" href="/admin/clients/new">${clients.add}</a></p>`,
    })
  },
}

function table(items: readonly Client[]): Html {
  const { clients } = texts
  return html`<table>
<caption class="visually-hidden">${clients.table}</caption>
<thead><tr>
<th scope="col">${clients.name}</th><th scope="col">${clients.kind}</th><th scope="col">${clients.added}</th>
</tr></thead>
<tbody>
${items.map(
  ({ id, name, confidential, createdAt }) => html`<tr>
<th scope="row"><a href="${clientPath(id)}">${name}</a></th>
<td data-label="${clients.kind}">${confidential ? clients.kinds.confidential : clients.kinds.public}</td>
<td data-label="${clients.added}">${moment(createdAt)}</td>
</tr>`,
)}
</tbody>
</table>`
}
