import { html } from 'hono/html'
import { formatGrants } from '../../oauth/grants.ts'
import { type ClientInput, ClientInputError, checkNewClient } from '../../oauth/new-client.ts'
import { ServiceError } from '../../service-error.ts'
import { checkbox, field } from '../field.ts'
import { type FormProblem, problemSummary } from '../form-problem.ts'
import { formTokenField } from '../layout.ts'
import { administratorOf, type Page, type PageContext } from '../page-context.ts'
import type { Rendered } from '../rendered.ts'
import { texts } from '../texts.ts'
import { renderTicket } from '../ticket.ts'
import { renderCredentials } from './client-credentials.ts'
import { steppedUpAdministratorOf } from './confirmation-page.ts'

export const newClientPage: Page = {
  show(context) {
    // Before anything is typed.
    steppedUpAdministratorOf(context)
    return render(context)
  },

  async submit(context) {
    const { service, head } = context.var
    const actor = administratorOf(context)
    try {
      const wanted = checkNewClient(inputOf(context), audiencesOf(context))
      return renderCredentials(context, await service.admin.addClient(actor, wanted, head))
    } catch (error) {
      if (!(error instanceof ClientInputError)) throw error
      const label = texts.clients[error.field]
      const problem = {
        status: 422,
        text: `${label} ${error.message}.`,
        field: error.field,
      } as const
      return render(context, problem)
    }
  },
}

function inputOf({ var: { form } }: PageContext): ClientInput {
  return {
    name: form.get('name') ?? '',
    confidential: form.has('confidential'),
    serves: form.get('serves') ?? '',
    grants: form.get('grants') ?? '',
  }
}

function audiencesOf({ var: { service } }: PageContext) {
  if (service.oauth === undefined) throw new ServiceError('not_found')
  return service.oauth.audiences
}

function render(context: PageContext, problem?: FormProblem): Rendered {
  const { clients } = texts
  const input = inputOf(context)
  const offered = formatGrants(audiencesOf(context))
  return renderTicket(context, {
    title: clients.add,
    problem,
    body: html`<form method="post" action="/admin/clients/new" class="stack">
${problemSummary(problem)}
${formTokenField(context)}
${field({
  name: 'name',
  label: clients.name,
  autocomplete: 'off',
  value: input.name,
  hint: clients.nameHint,
  problem,
  first: true,
})}
${field({
  name: 'grants',
  label: clients.grants,
  autocomplete: 'off',
  value: problem === undefined ? offered : input.grants,
  hint: clients.grantsHint,
  problem,
  optional: true,
})}
${checkbox({
  name: 'confidential',
  label: clients.confidential,
  hint: clients.confidentialHint,
  checked: input.confidential,
})}
${field({
  name: 'serves',
  label: clients.serves,
  autocomplete: 'off',
  value: input.serves,
  hint: clients.servesHint,
  problem,
  optional: true,
})}
<div class="actions">
<button class="primary">${clients.add}</button>
<a class="button" href="/admin/clients">${texts.cancel}</a>
</div>
</form>`,
  })
}
