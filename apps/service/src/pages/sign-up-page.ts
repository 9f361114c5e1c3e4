import { html } from 'hono/html'
import type { Credentials } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import { field } from './field.ts'
import { type FormProblem, formProblemOf, problemSummary } from './form-problem.ts'
import { newPasswordFields, passwordsDiffer } from './new-password-fields.ts'
import type { Page, PageContext } from './page-context.ts'
import { home, seeOther, seeOtherAs } from './redirect.ts'
import { texts } from './texts.ts'
import { renderTicket } from './ticket.ts'

export const signUpPage: Page = {
  show(context) {
    if (context.var.actor !== undefined) return seeOther(context, home)
    return render(context)
  },

  async submit(context) {
    const { service, head, form } = context.var
    const credentials = { email: form.get('email') ?? '', password: form.get('password') ?? '' }
    const differing = passwordsDiffer(form)
    if (differing !== undefined) return render(context, differing)
    try {
      await service.signUp({ ...credentials, invite: form.get('invite') ?? undefined }, head)
    } catch (error) {
      return render(context, formProblemOf(context, error))
    }
    return signInAtOnce(context, credentials)
  },
}

async function signInAtOnce(context: PageContext, credentials: Credentials): Promise<Response> {
  const { service, head } = context.var
  try {
    const to = { head, transport: 'cookie', persistent: false } as const
    return seeOtherAs(context, await service.signIn(credentials, to), home)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    // The account is there, whatever came between; if that lasts, the sign-in page will say so.
    return seeOther(context, '/sign-in', 'signed_up')
  }
}

async function render(context: PageContext, problem?: FormProblem): Promise<Response> {
  const { form, service } = context.var
  const policy = await service.signUpPolicy()
  const { signUp, signIn, fields, errors } = texts
  const after = html`<p class="after">${signUp.haveAccount} <a href="/sign-in">${signIn.title}</a></p>`
  if (policy === 'closed') {
    return renderTicket(context, {
      title: errors.sign_up_closed.title,
      body: html`<div class="stack"><p>${errors.sign_up_closed.text}</p></div>`,
      after,
    })
  }
  return renderTicket(context, {
    title: signUp.title,
    problem,
    body: html`<form method="post" action="/sign-up" class="stack">
${problemSummary(problem)}
${
  policy === 'invite' &&
  field({
    name: 'invite',
    label: fields.invite,
    autocomplete: 'one-time-code',
    hint: (await service.setupIsOpen()) ? fields.firstInviteHint : fields.inviteHint,
    value: form.get('invite'),
    problem,
    first: true,
  })
}
${field({
  name: 'email',
  label: fields.email,
  type: 'email',
  autocomplete: 'username',
  value: form.get('email'),
  problem,
  first: policy === 'open',
})}
${newPasswordFields(fields.password, problem)}
<button class="primary">${signUp.submit}</button>
</form>`,
    after,
  })
}
