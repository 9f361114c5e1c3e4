import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type RefusalCode, ServiceError } from '../service-error.ts'
import { waitText } from './moment.ts'
import type { PageContext } from './page-context.ts'
import type { Html } from './rendered.ts'
import { texts } from './texts.ts'

/** Why a form is shown again. */
export interface FormProblem {
  readonly status: ContentfulStatusCode
  readonly text: string
  /** The input that it is about; `undefined`: the form as a whole. */
  readonly field?: string
}

/** The inputs that refusals are about; forms name them alike. */
const fields = {
  email_invalid: 'email',
  email_taken: 'email',
  password_too_short: 'password',
  password_too_long: 'password',
  password_common: 'password',
  password_contextual: 'password',
  invite_invalid: 'invite',
  setup_code_invalid: 'code',
} as const satisfies Partial<Record<RefusalCode, string>>

/**
 * What a form says when the service refused its input. `passwordField`: the input that the password
 * of somebody who is signed in was checked from.
 * @throws whatever is not about the input
 */
export function formProblemOf(
  context: PageContext,
  error: unknown,
  passwordField?: string,
): FormProblem {
  if (!(error instanceof ServiceError)) throw error
  const { code, retryAfterSeconds = 5 } = error
  if (isFieldCode(code)) return { status: 422, text: texts.problems[code], field: fields[code] }
  switch (code) {
    case 'invalid_input':
      return { status: 422, text: texts.problems.invalid_input }
    case 'invalid_credentials':
      challenge(context)
      return passwordField === undefined
        ? { status: 401, text: texts.problems.invalid_credentials }
        : { status: 401, text: texts.problems.wrong_password, field: passwordField }
    case 'throttled':
      context.header('retry-after', `${retryAfterSeconds}`)
      return { status: 429, text: texts.problems.throttled(waitText(retryAfterSeconds)) }
    case 'overloaded':
      context.header('retry-after', `${retryAfterSeconds}`)
      return { status: 503, text: texts.problems.overloaded }
    default:
      throw error
  }
}

function isFieldCode(code: RefusalCode): code is keyof typeof fields {
  return Object.hasOwn(fields, code)
}

/** RFC 9110 §15.5.2 wants a challenge with every 401. */
function challenge(context: PageContext): void {
  const { http } = context.var.service.auth
  const refusal = http.refusal(
    { status: 'anonymous', reason: 'missing' },
    { transports: ['cookie'] },
  )
  for (const [name, value] of Object.entries(refusal.headers)) {
    if (name === 'www-authenticate') context.header(name, value)
  }
}

/** Announced as soon as the page is there; about a single input, it stands beside that one instead. */
export function problemSummary(problem: FormProblem | undefined): Html | undefined {
  if (problem === undefined || problem.field !== undefined) return undefined
  return html`<p class="problem-summary" role="alert">${problem.text}</p>`
}
