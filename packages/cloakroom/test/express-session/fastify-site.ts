import fastifyCookie from '@fastify/cookie'
import fastifySession, { type FastifySessionOptions } from '@fastify/session'
import fastify, { type FastifyRequest, type Session } from 'fastify'
import type { UserId } from '../../src/core/user.ts'
import { fastifySessionStore } from '../../src/express-session/fastify-session-store.ts'
import type { Auth } from '../../src/testing/fixture.ts'
import { listen } from '../../src/testing/listen.ts'
import { createBrowser } from './browser.ts'
import type { Site } from './site.ts'
import { createGate, type Step } from './steps.ts'

declare module 'fastify' {
  interface Session {
    userId?: UserId
    user?: { id: UserId; page?: string }
    [key: string]: unknown
  }
}

type Options = Partial<Omit<FastifySessionOptions, 'store' | 'secret'>>

/** With Fastify and `@fastify/session`. */
export async function openFastifySite(auth: Auth, options: Options = {}): Promise<Site> {
  const gate = createGate()
  const app = fastify()
  await app.register(fastifyCookie)
  await app.register(fastifySession, {
    secret: 'a secret that is as long as they have to be',
    cookie: { secure: false },
    saveUninitialized: false,
    ...options,
    store: fastifySessionStore(auth, {
      userId: (session: Session) => session.userId ?? session.user?.id,
    }),
  })

  async function run({ session }: FastifyRequest, step: Step): Promise<unknown> {
    if (step === 'hold') return gate.pass()
    if (step === 'save_later') return void session.save(() => {})
    if (step === 'unset' || step === 'logOut') throw new TypeError(`${step} is not of Fastify`)
    if (typeof step === 'string') return session[step]()
    if ('set' in step) return Object.assign(session, step.set)
    if ('remove' in step) return delete session[step.remove]
    if ('maxAge' in step) return session.options({ maxAge: step.maxAge ?? 0 })
    if ('regenerateWith' in step) return session.regenerate(step.regenerateWith)
    throw new TypeError('That step is not of Fastify')
  }

  app.post('/', async (request) => {
    for (const step of request.body as Step[]) await run(request, step)
    const { session } = request
    return { sid: session?.sessionId, session }
  })
  await app.ready()
  const { port } = await listen(app.server)
  return {
    browser: (cookie) => createBrowser(`http://127.0.0.1:${port}`, cookie),
    hold: gate.hold,
    close() {
      gate.open()
      return app.close()
    },
  }
}
