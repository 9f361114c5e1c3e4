import { html } from 'hono/html'
import type { Actor } from '../../service.ts'
import { formTokenField } from '../layout.ts'
import { administratorOf, type Page, type PageContext, parameter } from '../page-context.ts'
import { seeOther } from '../redirect.ts'
import type { Rendered } from '../rendered.ts'
import { texts } from '../texts.ts'
import { renderTicket } from '../ticket.ts'
import { clientPath } from './client-path.ts'
import { userPath } from './user-page.ts'

/** Asks once more before a user is blocked. */
export const blockPage: Page = {
  show: (context) => askAboutUser(context, texts.block),
  async submit(context) {
    const id = parameter(context, 'id')
    await context.var.service.admin.block(administratorOf(context), id, context.var.head)
    return seeOther(context, userPath(id), 'user_blocked')
  },
}

/** Asks once more before a user is signed out everywhere. */
export const endSessionsPage: Page = {
  show: (context) => askAboutUser(context, texts.endAll),
  async submit(context) {
    const id = parameter(context, 'id')
    await context.var.service.admin.endSessions(administratorOf(context), id, context.var.head)
    return seeOther(context, userPath(id), 'sessions_ended')
  },
}

/** Asks once more before everybody is signed out. */
export const endEverybodysSessionsPage: Page = {
  show(context) {
    steppedUpAdministratorOf(context)
    return ask(context, { ...texts.endEverybodys, back: '/admin/users' })
  },
  async submit(context) {
    const { service, head } = context.var
    await service.admin.endEverybodysSessions(administratorOf(context), head)
    return seeOther(context, '/sign-in', 'everybodys_sessions_ended')
  },
}

/** Asks once more before a client is removed. */
export const removeClientPage: Page = {
  async show(context) {
    const actor = steppedUpAdministratorOf(context)
    const { client } = context.var.service.admin
    const { id, name } = await client(actor, parameter(context, 'id'))
    const words = texts.removeClient
    return ask(context, { ...words, title: words.title(name), back: clientPath(id) })
  },
  async submit(context) {
    const { service, head } = context.var
    await service.admin.removeClient(administratorOf(context), parameter(context, 'id'), head)
    return seeOther(context, '/admin/clients', 'client_removed')
  },
}

async function askAboutUser(
  context: PageContext,
  words: typeof texts.block | typeof texts.endAll,
): Promise<Response> {
  const actor = steppedUpAdministratorOf(context)
  const { user } = await context.var.service.admin.user(actor, parameter(context, 'id'))
  return ask(context, { ...words, title: words.title(user.email), back: userPath(user.id) })
}

// Before the question, so that the answer needs no second one.
export function steppedUpAdministratorOf(context: PageContext): Actor {
  const actor = administratorOf(context)
  context.var.service.auth.requireStepUp(actor.session)
  return actor
}

interface Question {
  readonly title: string
  readonly explanation: string
  readonly submit: string
  /** Where one is without an answer. */
  readonly back: string
}

function ask(context: PageContext, { title, explanation, submit, back }: Question): Rendered {
  return renderTicket(context, {
    title,
    body: html`<form method="post" action="${context.req.path}" class="stack">
<p>${explanation}</p>
${formTokenField(context)}
<div class="actions">
<button class="danger">${submit}</button>
<a class="button" href="${back}">${texts.cancel}</a>
</div>
</form>`,
  })
}
