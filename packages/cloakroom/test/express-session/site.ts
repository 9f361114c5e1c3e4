import { createServer } from 'node:http'
import express from 'express'
import session, { type SessionOptions, type Store } from 'express-session'
import { Passport } from 'passport'
import type { UserId } from '../../src/core/user.ts'
import type { SignInVerbs } from '../../src/express-session/index.ts'
import { listen } from '../../src/testing/listen.ts'
import { type Browser, createBrowser } from './browser.ts'
import { createGate, type Held, promised, type Step } from './steps.ts'

declare module 'express-session' {
  interface SessionData {
    userId: UserId
    user: { id: UserId; page?: string }
    passport: { user?: UserId }
    [key: string]: unknown
  }
}

/** An application whose requests do to their sessions what they are told. */
export interface Site {
  /** A new one, or one that has got hold of another's cookie. */
  browser(cookie?: string): Browser
  hold(requests?: number): Held
  close(): Promise<void>
}

export type SiteOptions = Partial<Omit<SessionOptions, 'store' | 'secret'>>

/** With Express, `express-session` and Passport. */
export async function openSite(
  store: Store & Partial<SignInVerbs>,
  options: SiteOptions = {},
): Promise<Site> {
  const gate = createGate()
  const app = express()
  app.set('env', 'test')
  app.use(
    session({ secret: 'a secret', resave: false, saveUninitialized: false, ...options, store }),
  )
  app.use(passport().session())

  async function run(request: express.Request, step: Step): Promise<unknown> {
    const { session } = request
    if (step === 'hold') return gate.pass()
    if (step === 'save_later') return session.save()
    if (step === 'unset') return Object.assign(request, { session: undefined })
    if (step === 'logOut') return promised((done) => request.logout(done))
    if (typeof step === 'string') return promised((done) => session[step](done))
    if ('begin' in step) return store.beginSignIn?.(request, step.begin)
    if ('set' in step) return Object.assign(session, step.set)
    if ('remove' in step) return delete session[step.remove]
    if ('maxAge' in step) return Object.assign(session.cookie, step)
    if ('regenerateWith' in step) throw new TypeError('regenerate of Express takes no names')
    const { logIn: id, keepSessionInfo = false } = step
    return promised((done) => request.login({ id }, { session: true, keepSessionInfo }, done))
  }

  app.post('/', express.json({ limit: '1mb' }), async (request, response) => {
    for (const step of request.body) await run(request, step)
    const { sessionID: sid, session, user } = request
    response.json({ sid, session, user })
  })
  const onError: express.ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) next(error)
    else response.status(error.status ?? 500).json({ code: error.code })
  }
  app.use(onError)

  const { port, close } = await listen(createServer(app))
  const url = `http://127.0.0.1:${port}`
  return {
    browser: (cookie) => createBrowser(url, cookie),
    hold: gate.hold,
    close() {
      gate.open()
      return close()
    },
  }
}

function passport(): InstanceType<typeof Passport> {
  const authenticator = new Passport()
  authenticator.serializeUser((user, done) => done(null, (user as { id: UserId }).id))
  authenticator.deserializeUser((id: UserId, done) => done(null, { id }))
  return authenticator
}
