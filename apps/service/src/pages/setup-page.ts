import { html } from 'hono/html'
import { ServiceError } from '../service-error.ts'
import { field } from './field.ts'
import { type FormProblem, formProblemOf, problemSummary } from './form-problem.ts'
import { formTokenField } from './layout.ts'
import { actorOf, type Page, type PageContext } from './page-context.ts'
import { home, seeOtherAs } from './redirect.ts'
import { texts } from './texts.ts'
import { renderTicket } from './ticket.ts'

export const setupPage: Page = {
  show(context) {
    actorOf(context)
    return render(context)
  },

  async submit(context) {
    const { service, head, form } = context.var
    const actor = actorOf(context)
    try {
      await service.setUp(actor, form.get('code') ?? '', head)
      // More rights, so a new token (ASVS 7.2.4).
      const rotated = await service.auth.http.rotate(head, { transports: ['cookie'] })
      if (rotated?.user === undefined) throw new ServiceError('not_authenticated')
      return seeOtherAs(context, rotated, home, 'administrator')
    } catch (error) {
      return render(context, formProblemOf(context, error))
    }
  },
}

async function render(context: PageContext, problem?: FormProblem): Promise<Response> {
  const { form, service } = context.var
  const { setup, fields } = texts
  if (!(await service.setupIsOpen())) {
    return renderTicket(context, {
      title: setup.title,
      body: html`<div class="stack"><p>${setup.closed}</p></div>`,
    })
  }
  return renderTicket(context, {
    title: setup.title,
    problem,
    body: html`<form method="post" action="/setup" class="stack">
<p>${setup.explanation}</p>
${problemSummary(problem)}
${formTokenField(context)}
${field({
  name: 'code',
  label: fields.setupCode,
  autocomplete: 'one-time-code',
  hint: fields.setupCodeHint,
  value: form.get('code'),
  problem,
  first: true,
})}
<button class="primary">${setup.submit}</button>
</form>`,
  })
}
