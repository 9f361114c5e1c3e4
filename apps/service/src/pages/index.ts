import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { HeadOf } from '../http/request-head.ts'
import type { Log } from '../log.ts'
import type { Service } from '../service.ts'
import { accountPage } from './account-page.ts'
import { auditPage } from './admin/audit-page.ts'
import { clientPage } from './admin/client-page.ts'
import { clientsPage } from './admin/clients-page.ts'
import {
  blockPage,
  endEverybodysSessionsPage,
  endSessionsPage,
  removeClientPage,
} from './admin/confirmation-page.ts'
import { invitesPage } from './admin/invites-page.ts'
import { newClientPage } from './admin/new-client-page.ts'
import { userPage } from './admin/user-page.ts'
import { usersPage } from './admin/users-page.ts'
import { assets } from './assets.ts'
import { errorPage, failurePage } from './error-page.ts'
import { guard } from './guard.ts'
import { homePage } from './home-page.ts'
import type { Page, PageEnv } from './page-context.ts'
import { passwordPage } from './password-page.ts'
import { setupPage } from './setup-page.ts'
import { signInPage } from './sign-in-page.ts'
import { signOutPage } from './sign-out-page.ts'
import { signUpPage } from './sign-up-page.ts'
import { stepUpPage } from './step-up-page.ts'

/** Every page, by its address. */
const pages: readonly (readonly [path: string, page: Page])[] = [
  ['/', homePage],
  ['/sign-up', signUpPage],
  ['/sign-in', signInPage],
  ['/sign-out', signOutPage],
  ['/step-up', stepUpPage],
  ['/account', accountPage],
  ['/account/password', passwordPage],
  ['/setup', setupPage],
  ['/admin/users', usersPage],
  ['/admin/users/:id', userPage],
  ['/admin/users/:id/block', blockPage],
  ['/admin/users/:id/end-sessions', endSessionsPage],
  ['/admin/end-everybodys-sessions', endEverybodysSessionsPage],
  ['/admin/invites', invitesPage],
  ['/admin/clients', clientsPage],
  ['/admin/clients/new', newClientPage],
  ['/admin/clients/:id', clientPage],
  ['/admin/clients/:id/remove', removeClientPage],
  ['/admin/audit', auditPage],
]

/** Far above the largest form. */
const maxFormBytes = 16_384

/**
 * The pages of the service, to be mounted at `/` after everything else: they answer every address
 * that is left with a page. What a page threw is in `context.error` afterwards.
 */
export function pageRoutes(service: Service, headOf: HeadOf, log: Log): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  for (const { path, type, content } of assets) {
    app.get(path, (context) =>
      context.body(content, 200, {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      }),
    )
  }
  app.use(
    bodyLimit({
      maxSize: maxFormBytes,
      onError: (context) => errorPage(context, 413, 'too_large'),
    }),
  )
  app.use(guard(service, headOf, log))
  for (const [path, { show, submit }] of pages) {
    if (show) app.get(path, show)
    if (submit) app.post(path, submit)
    const allowed = [show && 'GET, HEAD', submit && 'POST'].filter(Boolean).join(', ')
    app.all(path, (context) => {
      context.header('allow', allowed)
      return errorPage(context, 405, 'method_not_allowed')
    })
  }
  app.all('*', (context) => errorPage(context, 404, 'not_found'))
  app.onError((error, context) => failurePage(context, error))
  return app
}
