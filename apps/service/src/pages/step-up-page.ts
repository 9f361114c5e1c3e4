import { html } from 'hono/html'
import { ServiceError } from '../service-error.ts'
import { field } from './field.ts'
import { type FormProblem, formProblemOf, problemSummary } from './form-problem.ts'
import { formTokenField } from './layout.ts'
import { actorOf, type Page, type PageContext } from './page-context.ts'
import { home, returnField, returnPath, seeOtherAs } from './redirect.ts'
import type { Rendered } from './rendered.ts'
import { texts } from './texts.ts'
import { renderTicket } from './ticket.ts'
import { usernameField } from './username-field.ts'

export const stepUpPage: Page = {
  show: (context) => render(context),

  async submit(context) {
    const { service, head, form } = context.var
    const actor = actorOf(context)
    try {
      const issued = await service.stepUp(actor, form.get('password') ?? '', head)
      // What was about to be done is never done from here: its own page asks for it once more.
      return seeOtherAs(context, issued, returnPath(context) ?? home, 'confirmed')
    } catch (error) {
      return render(context, formProblemOf(context, error, 'password'))
    }
  },
}

function render(context: PageContext, problem?: FormProblem): Rendered {
  const { user, session } = actorOf(context)
  if (session.impersonatorId !== null) throw new ServiceError('impersonated_session')
  const { stepUp, fields } = texts
  return renderTicket(context, {
    title: stepUp.title,
    problem,
    lead: html`${stepUp.signedInAs} <strong class="email">${user.email}</strong>`,
    body: html`<form method="post" action="/step-up" class="stack">
<p>${stepUp.why}</p>
${problemSummary(problem)}
${formTokenField(context)}
${returnField(context)}
${usernameField(user.email)}
${field({
  name: 'password',
  label: fields.password,
  type: 'password',
  autocomplete: 'current-password',
  problem,
  first: true,
})}
<div class="actions">
<button class="primary">${stepUp.submit}</button>
<a class="button" href="${returnPath(context) ?? home}">${texts.cancel}</a>
</div>
</form>`,
  })
}
