import { html } from 'hono/html'
import type { FormProblem } from './form-problem.ts'
import type { Html } from './rendered.ts'

export interface FieldOptions {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'search'
  readonly autocomplete: string
  /** What stands in it. Passwords are never sent back. */
  readonly value?: string | null
  readonly hint?: string
  /** Of the form; shown here if it is about this field. */
  readonly problem?: FormProblem | undefined
  /** Whether the keyboard is here when the page opens and nothing is wrong with another field. */
  readonly first?: boolean
  readonly optional?: boolean
}

/** One labelled input. Its hint and what is wrong with it are announced along with it. */
export function field(options: FieldOptions): Html {
  const { name, label, type = 'text', autocomplete, value, hint, problem } = options
  const wrong = problem?.field === name ? problem.text : undefined
  const focused = wrong !== undefined || (options.first && problem?.field === undefined)
  const describedBy = [wrong && `${name}-problem`, hint && `${name}-hint`].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}"
${type !== 'password' && html`value="${value ?? ''}" autocapitalize="none" spellcheck="false"`}
${!options.optional && html`required`}
${focused && html`autofocus`}
${describedBy !== '' && html`aria-describedby="${describedBy}"`}
${wrong !== undefined && html`aria-invalid="true"`}>
${wrong !== undefined && html`<p class="problem" id="${name}-problem">${wrong}</p>`}
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
</div>`
}

export interface CheckboxOptions {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly checked: boolean
}

/** One labelled checkbox. */
export function checkbox({ name, label, hint, checked }: CheckboxOptions): Html {
  return html`<div class="checkbox">
<input id="${name}" name="${name}" type="checkbox" value="yes" aria-describedby="${name}-hint" ${checked && html`checked`}>
<label for="${name}">${label}</label>
<p class="hint" id="${name}-hint">${hint}</p>
</div>`
}
