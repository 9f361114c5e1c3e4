import { CloakroomError, problemOf } from 'cloakroom'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ServiceError } from '../service-error.ts'
import { waitText } from './moment.ts'
import type { PageContext } from './page-context.ts'
import { home, seeFirst } from './redirect.ts'
import type { Rendered } from './rendered.ts'
import { texts } from './texts.ts'
import { renderTicket } from './ticket.ts'

export type ErrorCode = keyof typeof texts.errors

/** A page that says why there is no other. */
export function errorPage(
  context: PageContext,
  status: ContentfulStatusCode,
  code: ErrorCode,
  retryAfterSeconds?: number,
): Rendered {
  const { title, text } = texts.errors[code]
  const signedIn = context.var.actor !== undefined
  const wait = retryAfterSeconds === undefined ? undefined : waitText(retryAfterSeconds)
  if (retryAfterSeconds !== undefined) context.header('retry-after', `${retryAfterSeconds}`)
  return renderTicket(context, {
    title,
    status,
    label: texts.errorLabel(status),
    body: html`<div class="stack">
<p>${text} ${wait !== undefined && texts.tryAgain(wait)}</p>
<a class="button" href="${signedIn ? home : '/sign-in'}">${signedIn ? texts.account.title : texts.signIn.title}</a>
</div>`,
  })
}

/** The page for what a page threw; where another page can help, the way there. */
export function failurePage(context: PageContext, error: unknown): Rendered {
  if (!(error instanceof ServiceError || error instanceof CloakroomError)) {
    return errorPage(context, 500, 'internal')
  }
  if (error.code === 'step_up_required') return seeFirst(context, '/step-up')
  const { status, retryAfterSeconds } = answerTo(error)
  if (status === 401) return seeFirst(context, '/sign-in')
  return errorPage(context, status, errorCode(error.code, status), retryAfterSeconds)
}

interface Answer {
  readonly status: ContentfulStatusCode
  readonly retryAfterSeconds: number | undefined
}

function answerTo(error: ServiceError | CloakroomError): Answer {
  if (error instanceof ServiceError) return error as Answer
  const { status, headers } = problemOf(error)
  const wait = headers['retry-after']
  return {
    status: status as ContentfulStatusCode,
    retryAfterSeconds: wait === undefined ? undefined : Number(wait),
  }
}

function errorCode(code: string, status: number): ErrorCode {
  if (Object.hasOwn(texts.errors, code)) return code as ErrorCode
  if (status === 503) return 'unavailable'
  return status < 500 ? 'refused' : 'internal'
}
