import { html } from 'hono/html'
import type { IssuedSession } from '../service.ts'
import type { DoneCode } from './notice.ts'
import { ownPath } from './own-path.ts'
import type { PageContext } from './page-context.ts'
import type { Html } from './rendered.ts'

/** Where to go after a POST; `done`: what the next page says of it. */
export function seeOther(context: PageContext, path: string, done?: DoneCode): Response {
  return context.redirect(done === undefined ? path : withQuery(path, { done }), 303)
}

/** The same with the cookie of a session that was made or rotated. */
export function seeOtherAs(
  context: PageContext,
  { setCookie }: Pick<IssuedSession, 'setCookie'>,
  path: string,
  done?: DoneCode,
): Response {
  if (setCookie !== undefined) context.header('set-cookie', setCookie)
  return seeOther(context, path, done)
}

/** To a form that comes first, and from there back to this page. */
export function seeFirst(context: PageContext, form: '/sign-in' | '/step-up'): Response {
  const { pathname, searchParams } = new URL(context.req.url)
  searchParams.delete('done')
  const query = context.req.method === 'POST' ? '' : `${searchParams}`
  const here = query === '' ? pathname : `${pathname}?${query}`
  return seeOther(
    context,
    here === home || pathname === form ? form : withQuery(form, { return_to: here }),
  )
}

/** Where this request asks to be sent in the end, if that is a page of ours. */
export function returnPath(context: PageContext): string | undefined {
  return ownPath(context.var.form.get('return_to') ?? context.req.query('return_to'))
}

/** Takes that along with a form. */
export function returnField(context: PageContext): Html | undefined {
  const path = returnPath(context)
  return path === undefined
    ? undefined
    : html`<input type="hidden" name="return_to" value="${path}">`
}

export const home = '/account'

function withQuery(path: string, added: Readonly<Record<string, string>>): string {
  const [pathname = '', query] = path.split('?', 2)
  return `${pathname}?${new URLSearchParams([...new URLSearchParams(query), ...Object.entries(added)])}`
}
