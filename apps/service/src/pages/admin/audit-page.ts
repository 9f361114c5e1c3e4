import { html } from 'hono/html'
import type { AuditEntry } from '../../service.ts'
import { ServiceError } from '../../service-error.ts'
import { renderPage } from '../layout.ts'
import { moment } from '../moment.ts'
import { administratorOf, type Page } from '../page-context.ts'
import { pager } from '../pager.ts'
import type { Html } from '../rendered.ts'
import { texts } from '../texts.ts'
import { userPath } from './user-page.ts'

export const auditPage: Page = {
  async show(context) {
    const before = entryId(context.req.query('before'))
    const actor = administratorOf(context)
    const { items, next } = await context.var.service.admin.audit(actor, { before })
    const { audit } = texts
    return renderPage(context, {
      title: audit.title,
      main: html`<h1>${audit.title}</h1>
<p class="lead">${audit.explanation}</p>
${items.length === 0 ? html`<p class="empty">${audit.empty}</p>` : table(items)}
${pager({ path: '/admin/audit', query: {}, cursor: 'before', next, isFirst: before === undefined })}`,
    })
  },
}

/** @throws {ServiceError} `not_found` */
function entryId(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new ServiceError('not_found')
  return Number(text)
}

function table(entries: readonly AuditEntry[]): Html {
  const { audit } = texts
  return html`<table>
<caption class="visually-hidden">${audit.table}</caption>
<thead><tr>
<th scope="col">${audit.what}</th><th scope="col">${audit.who}</th><th scope="col">${audit.whom}</th>
<th scope="col">${audit.from}</th><th scope="col">${audit.when}</th>
</tr></thead>
<tbody>${entries.map(row)}</tbody>
</table>`
}

function row(entry: AuditEntry): Html {
  const { audit } = texts
  return html`<tr>
<th scope="row">${audit.action(entry.action)}${
    entry.detail !== null && html` <span class="detail">${entry.detail}</span>`
  }</th>
<td data-label="${audit.who}">${person(entry.actorId, entry.actorEmail) ?? audit.nobody}</td>
<td data-label="${audit.whom}">${person(entry.targetId, entry.targetEmail) ?? audit.nothing}</td>
<td data-label="${audit.from}">${entry.ip ?? audit.nothing}</td>
<td data-label="${audit.when}">${moment(entry.at)}</td>
</tr>`
}

function person(id: string | null, email: string | null): Html | undefined {
  return id === null ? undefined : html`<a href="${userPath(id)}">${email ?? id}</a>`
}
