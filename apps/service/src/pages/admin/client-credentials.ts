import { html } from 'hono/html'
import type { IssuedClient } from '../../oauth/clients.ts'
import type { PageContext } from '../page-context.ts'
import type { Rendered } from '../rendered.ts'
import { texts } from '../texts.ts'
import { renderTicket } from '../ticket.ts'
import { clientPath } from './client-path.ts'

/**
 * The id of a client, and its secret, this once. Answers a POST without a redirect: an address would
 * show the secret to the browser's history (ASVS 14.2.1).
 */
export function renderCredentials(
  context: PageContext,
  { client, secret }: IssuedClient,
): Rendered {
  const { clients } = texts
  return renderTicket(context, {
    title: client.name,
    body: html`<div class="stack">
<p>${clients.id}</p>
<p class="code"><code>${client.id}</code></p>
${
  secret !== undefined &&
  html`<p>${clients.secret}</p>
<p class="code"><code>${secret}</code></p>
<p>${clients.copyNow}</p>`
}
<a class="button" href="${clientPath(client.id)}">${clients.finish}</a>
</div>`,
  })
}
