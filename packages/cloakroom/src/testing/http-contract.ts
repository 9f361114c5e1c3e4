import { describe, test } from 'node:test'
import { cookieCases } from './http-cases/cookie-cases.ts'
import { credentialCases } from './http-cases/credential-cases.ts'
import { crossSiteCases } from './http-cases/cross-site-cases.ts'
import { failureCases } from './http-cases/failure-cases.ts'
import { lifecycleCases } from './http-cases/lifecycle-cases.ts'
import { openSite, type Site, type StartServer } from './http-cases/site.ts'

/**
 * Tests an adapter over real HTTP: `start` builds an application on it and listens. Every test opens
 * its own, on a memory store with the users `alice` and `bob`.
 *
 * All routes answer 200 with JSON. A request's body is JSON whatever its `Content-Type` says, or
 * nothing. Errors that a handler throws go to the adapter's `onError`.
 *
 * Without middleware:
 *
 * - `POST /sign-in` `{user, transport?, persistent?}`: sets a cookie of its own, `theme=dark`; then
 *   `auth.beginSignIn(user)`, and the result of `signIn` with the method `pwd` and these options.
 * - `POST /anonymous`, `/rotate`, `/step-up`, `/impersonate` `{user}`: the results of
 *   `createAnonymous`, `rotate`, `stepUp` with the method `pwd`, `impersonate`.
 * - `POST /sign-out`: `{ended}`, the result of `signOut`.
 *
 * Behind `authenticate`:
 *
 * - `GET /verdict`: the result of `of`. `GET /mine`: that of `authenticated`.
 *
 * Behind `required`:
 *
 * - `GET /me`: the result of `of`.
 * - `POST`, `PUT`, `PATCH`, `DELETE /note`: raises `data.notes` of the session by one with
 *   `auth.update`; where that finds no session, throws `not_authenticated`.
 *
 * Behind `requiredStepUp`:
 *
 * - `GET /step-up-only`: the result of `of`.
 */
export function httpContract(name: string, start: StartServer): void {
  const cases = {
    ...cookieCases,
    ...crossSiteCases,
    ...credentialCases,
    ...lifecycleCases,
    ...failureCases,
  }
  describe(`${name} keeps the HTTP contract`, () => {
    for (const [sentence, run] of Object.entries(cases)) {
      test(sentence, async () => {
        const sites: Site[] = []
        try {
          await run(async (options) => {
            const site = await openSite(start, options)
            sites.push(site)
            return site
          })
        } finally {
          for (const site of sites) await site.close()
        }
      })
    }
  })
}
