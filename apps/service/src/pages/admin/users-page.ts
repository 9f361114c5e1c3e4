import { html } from 'hono/html'
import type { UserSummary } from '../../service.ts'
import { field } from '../field.ts'
import { renderPage } from '../layout.ts'
import { moment } from '../moment.ts'
import { administratorOf, type Page } from '../page-context.ts'
import { pager } from '../pager.ts'
import type { Html } from '../rendered.ts'
import { texts } from '../texts.ts'
import { stateBadge } from './state-badge.ts'

export const usersPage: Page = {
  async show(context) {
    const prefix = context.req.query('query') ?? ''
    const after = context.req.query('after')
    const actor = administratorOf(context)
    const { items, next } = await context.var.service.admin.users(actor, { prefix, after })
    const { users } = texts
    return renderPage(context, {
      title: users.title,
      main: html`<h1>${users.title}</h1>
<form method="get" action="/admin/users" class="search" role="search">
${field({
  name: 'query',
  label: users.search,
  type: 'search',
  autocomplete: 'off',
  value: prefix,
  optional: true,
})}
<button>${users.submit}</button>
</form>
${items.length === 0 ? html`<p class="empty">${prefix === '' ? users.empty : users.noMatch}</p>` : table(items)}
${pager({ path: '/admin/users', query: { query: prefix }, cursor: 'after', next, isFirst: after === undefined })}
<section class="danger-zone" aria-labelledby="everybody">
<div>
<h2 id="everybody">${users.endEverybodys}</h2>
<p>${users.endEverybodysHint}</p>
</div>
<a class="button danger" href="/admin/end-everybodys-sessions">${users.endEverybodys}</a>
</section>`,
    })
  },
}

function table(items: readonly UserSummary[]): Html {
  const { admin, users } = texts
  return html`<table>
<caption class="visually-hidden">${users.table}</caption>
<thead><tr>
<th scope="col">${admin.email}</th><th scope="col">${admin.status}</th><th scope="col">${admin.joined}</th>
</tr></thead>
<tbody>
${items.map(
  (user) => html`<tr>
<th scope="row"><a href="/admin/users/${encodeURIComponent(user.id)}">${user.email}</a></th>
<td data-label="${admin.status}">${stateBadge(user)}</td>
<td data-label="${admin.joined}">${moment(user.createdAt)}</td>
</tr>`,
)}
</tbody>
</table>`
}
