import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ServiceUser } from '../service.ts'
import { icon, stylesheet } from './assets.ts'
import type { FormProblem } from './form-problem.ts'
import { mark } from './mark.ts'
import { noticeOf } from './notice.ts'
import type { PageContext } from './page-context.ts'
import type { Html, Rendered } from './rendered.ts'
import { texts } from './texts.ts'

export interface PageOptions {
  readonly title: string
  readonly main: Html
  /** Default 200, or that of the problem. */
  readonly status?: ContentfulStatusCode
  /** Why the form on the page is shown again. */
  readonly problem?: FormProblem | undefined
  /** `ticket`: one small form. `sheet`: text and lists. Default `sheet`. */
  readonly shape?: 'ticket' | 'sheet'
}

/** A whole page, with what all of them have in common. */
export function renderPage(context: PageContext, options: PageOptions): Rendered {
  const { main, problem, status = problem?.status ?? 200, shape = 'sheet' } = options
  const title = problem === undefined ? options.title : texts.errorTitle(options.title)
  const { actor } = context.var
  const notice = noticeOf(context.req.query('done'))
  return context.html(
    html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${texts.pageTitle(title)}</title>
<link rel="stylesheet" href="${stylesheet.path}">
<link rel="icon" type="${icon.type}" href="${icon.path}">
</head>
<body>
<a class="skip-link" href="#content">${texts.skipToContent}</a>
<header class="site-header">
<div class="site-header-row">
<a class="brand" href="/">${mark}<span>${texts.brand}</span></a>
${actor && navigation(context, actor.user)}
${actor && signOutForm(context)}
</div>
</header>
<main id="content" class="${shape}" tabindex="-1">
${actor?.session.impersonatorId != null && html`<p class="banner">${texts.impersonation(actor.user.email)}</p>`}
${notice && html`<p class="notice" role="status">${notice}</p>`}
${main}
</main>
<footer class="site-footer"><p>${texts.footer}</p></footer>
</body>
</html>`,
    status,
  )
}

/** The button that every page has while somebody is signed in (ASVS 7.4.4). */
export function signOutForm(context: PageContext): Html {
  return html`<form method="post" action="/sign-out" class="sign-out">
${formTokenField(context)}<button>${texts.signOut}</button>
</form>`
}

export function formTokenField({ var: { formToken } }: PageContext): Html {
  return html`<input type="hidden" name="form_token" value="${formToken}">`
}

function navigation({ req: { path }, var: { service } }: PageContext, user: ServiceUser): Html {
  const { label, account, users, invites, clients, audit } = texts.navigation
  const links = [
    ['/account', account],
    ...(user.admin
      ? [
          ['/admin/users', users],
          ['/admin/invites', invites],
          ...(service.oauth === undefined ? [] : [['/admin/clients', clients]]),
          ['/admin/audit', audit],
        ]
      : []),
  ] as const
  return html`<nav aria-label="${label}"><ul>
${links.map(([href, text]) => html`<li><a href="${href}" ${current(path, `${href}`)}>${text}</a></li>`)}
</ul></nav>`
}

function current(path: string, href: string): Html | false {
  if (path === href) return html`aria-current="page"`
  return path.startsWith(`${href}/`) && html`aria-current="true"`
}
