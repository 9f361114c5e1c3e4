import { html } from 'hono/html'
import { field } from './field.ts'
import type { FormProblem } from './form-problem.ts'
import type { Html } from './rendered.ts'
import { texts } from './texts.ts'

/** A new password, twice: nothing of it is seen while typing, and nothing can reset it afterwards. */
export function newPasswordFields(label: string, problem: FormProblem | undefined): Html {
  const { passwordHint, repeated, repeatedHint } = texts.fields
  const both = { type: 'password', autocomplete: 'new-password', problem } as const
  return html`${field({ ...both, name: 'password', label, hint: passwordHint })}
${field({ ...both, name: 'repeated', label: repeated(label), hint: repeatedHint })}`
}

export function passwordsDiffer(form: URLSearchParams): FormProblem | undefined {
  if (form.get('password') === form.get('repeated')) return undefined
  return { status: 422, text: texts.problems.passwords_differ, field: 'repeated' }
}
