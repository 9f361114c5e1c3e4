import { html } from 'hono/html'
import { type PageOptions, renderPage } from './layout.ts'
import type { PageContext } from './page-context.ts'
import type { Html, Rendered } from './rendered.ts'

export interface TicketOptions extends Omit<PageOptions, 'main' | 'shape'> {
  /** Small, above the title. */
  readonly label?: string
  /** Below the title. */
  readonly lead?: Html | string | undefined
  /** Below the perforation: a form or a `div`, of the class `stack`. */
  readonly body: Html
  /** Below the ticket. */
  readonly after?: Html | undefined
}

/** A page with one thing on it, in the shape of a ticket. */
export function renderTicket(context: PageContext, options: TicketOptions): Rendered {
  const { label, lead, body, after, ...page } = options
  return renderPage(context, {
    ...page,
    shape: 'ticket',
    main: html`<div class="card">
<header class="stub">
${label !== undefined && html`<p class="label">${label}</p>`}
<h1>${page.title}</h1>
${lead !== undefined && html`<p class="lead">${lead}</p>`}
</header>
${body}
</div>
${after}`,
  })
}
