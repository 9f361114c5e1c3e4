import { html } from 'hono/html'
import { checkbox, field } from './field.ts'
import { type FormProblem, formProblemOf, problemSummary } from './form-problem.ts'
import { formTokenField } from './layout.ts'
import { newPasswordFields, passwordsDiffer } from './new-password-fields.ts'
import { actorOf, type Page, type PageContext } from './page-context.ts'
import { home, seeOtherAs } from './redirect.ts'
import type { Rendered } from './rendered.ts'
import { texts } from './texts.ts'
import { renderTicket } from './ticket.ts'
import { usernameField } from './username-field.ts'

export const passwordPage: Page = {
  show(context) {
    // Before anything is typed, because passwords are not kept over a step-up.
    context.var.service.auth.requireStepUp(actorOf(context).session)
    return render(context)
  },

  async submit(context) {
    const { service, head, form } = context.var
    const actor = actorOf(context)
    const differing = passwordsDiffer(form)
    if (differing !== undefined) return render(context, differing)
    const current = form.get('current') ?? ''
    const next = form.get('password') ?? ''
    const keepOthers = !form.has('end_others')
    try {
      const issued = await service.changePassword(actor, { current, next, keepOthers }, head)
      const done = keepOthers ? 'password_changed_others_kept' : 'password_changed'
      return seeOtherAs(context, issued, home, done)
    } catch (error) {
      return render(context, formProblemOf(context, error, 'current'))
    }
  },
}

function render(context: PageContext, problem?: FormProblem): Rendered {
  const { form } = context.var
  const { password, fields } = texts
  return renderTicket(context, {
    title: password.title,
    problem,
    body: html`<form method="post" action="/account/password" class="stack">
${problemSummary(problem)}
${formTokenField(context)}
${usernameField(actorOf(context).user.email)}
${field({
  name: 'current',
  label: fields.currentPassword,
  type: 'password',
  autocomplete: 'current-password',
  problem,
  first: true,
})}
${newPasswordFields(fields.newPassword, problem)}
${checkbox({
  name: 'end_others',
  label: password.endOthers,
  hint: password.endOthersHint,
  checked: problem === undefined || form.has('end_others'),
})}
<div class="actions">
<button class="primary">${password.submit}</button>
<a class="button" href="${home}">${texts.cancel}</a>
</div>
</form>`,
  })
}
