import { html } from 'hono/html'
import { checkbox, field } from './field.ts'
import { type FormProblem, formProblemOf, problemSummary } from './form-problem.ts'
import type { Page, PageContext } from './page-context.ts'
import { home, returnField, returnPath, seeOther, seeOtherAs } from './redirect.ts'
import { texts } from './texts.ts'
import { renderTicket } from './ticket.ts'

export const signInPage: Page = {
  show(context) {
    if (context.var.actor === undefined) return render(context)
    return seeOther(context, returnPath(context) ?? home)
  },

  async submit(context) {
    const { service, head, form } = context.var
    const credentials = { email: form.get('email') ?? '', password: form.get('password') ?? '' }
    const persistent = form.has('persistent')
    try {
      const issued = await service.signIn(credentials, { head, transport: 'cookie', persistent })
      return seeOtherAs(context, issued, returnPath(context) ?? home)
    } catch (error) {
      return render(context, formProblemOf(context, error))
    }
  },
}

async function render(context: PageContext, problem?: FormProblem): Promise<Response> {
  const { form, service } = context.var
  const policy = await service.signUpPolicy()
  const { signIn, signUp, fields } = texts
  return renderTicket(context, {
    title: signIn.title,
    problem,
    lead: returnPath(context) && signIn.toGoOn,
    body: html`<form method="post" action="/sign-in" class="stack">
${problemSummary(problem)}
${returnField(context)}
${field({
  name: 'email',
  label: fields.email,
  type: 'email',
  autocomplete: 'username',
  value: form.get('email'),
  problem,
  first: problem === undefined,
})}
${field({
  name: 'password',
  label: fields.password,
  type: 'password',
  autocomplete: 'current-password',
  problem,
  first: problem !== undefined,
})}
${checkbox({
  name: 'persistent',
  label: signIn.persistent,
  hint: signIn.persistentHint,
  checked: form.has('persistent'),
})}
<button class="primary">${signIn.submit}</button>
</form>`,
    after:
      policy === 'closed'
        ? undefined
        : html`<p class="after">${signIn.noAccount} <a href="/sign-up">${signUp.title}</a></p>`,
  })
}
