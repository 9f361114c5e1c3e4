import { getRequestListener } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { ApplicationSettings, Authentication, UserId } from '../settings.ts'
import { byMap, byStatement } from './by-hand.ts'
import { listen } from './listen.ts'
import { openOrders } from './orders.ts'

interface Guard {
  readonly before: readonly MiddlewareHandler[]
  userOf(context: Context): UserId | undefined | Promise<UserId | undefined>
}

/** Two routes on Hono behind a guard. Resolves with the port. */
export async function openHono({ authentication, orders }: ApplicationSettings): Promise<number> {
  const { before, userOf } = await openGuard(authentication)
  const findOrders = openOrders(orders)
  const application = new Hono()
  for (const middleware of before) application.use(middleware)
  application.get('/', async (context) => {
    const user = await userOf(context)
    return user === undefined ? context.json({}, 401) : context.json({ user })
  })
  application.get('/orders', async (context) => {
    const user = await userOf(context)
    return user === undefined ? context.json({}, 401) : context.json(await findOrders(user))
  })
  return listen(getRequestListener(application.fetch))
}

async function openGuard(authentication: Authentication): Promise<Guard> {
  if (authentication.by === 'cloakroom') {
    const { honoSessions } = await import('cloakroom/hono')
    const { openSessions } = await import('./sessions.ts')
    const sessions = honoSessions(await openSessions(authentication))
    return {
      before: [sessions.required],
      userOf: (context) => sessions.authenticated(context).user.id,
    }
  }
  return { before: [], userOf: await openUserOf(authentication) }
}

async function openUserOf(authentication: Authentication): Promise<Guard['userOf']> {
  switch (authentication.by) {
    case 'nothing':
      return () => 1
    case 'statement': {
      const read = byStatement(authentication)
      return ({ req }) => read(req.header('cookie'))
    }
    case 'map': {
      const read = byMap(authentication)
      return ({ req }) => read(req.header('cookie'))
    }
    case 'jose': {
      const { byJose } = await import('./by-jose.ts')
      const read = await byJose(authentication)
      return ({ req }) => read(req.header('authorization'))
    }
    case 'better-auth': {
      const { byBetterAuth } = await import('./better-auth.ts')
      const read = byBetterAuth(authentication)
      return ({ req }) => read(req.raw.headers)
    }
    default:
      throw new Error(`There is no application on Hono with ${authentication.by}`)
  }
}
