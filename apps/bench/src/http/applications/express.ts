import express, { type Request, type RequestHandler, type Response } from 'express'
import type { ApplicationSettings, Authentication, UserId } from '../settings.ts'
import { ironCookie } from '../settings.ts'
import { byMap, byStatement } from './by-hand.ts'
import { listen } from './listen.ts'
import { openOrders } from './orders.ts'

interface Guard {
  readonly before: readonly RequestHandler[]
  userOf(request: Request, response: Response): UserId | undefined | Promise<UserId | undefined>
}

/** Two routes on Express behind a guard. Resolves with the port. */
export async function openExpress({
  authentication,
  orders,
}: ApplicationSettings): Promise<number> {
  const { before, userOf } = await openGuard(authentication)
  const findOrders = openOrders(orders)
  const application = express()
  for (const middleware of before) application.use(middleware)
  application.get('/', async (request, response) => {
    const user = await userOf(request, response)
    if (user === undefined) response.status(401).json({})
    else response.json({ user })
  })
  application.get('/orders', async (request, response) => {
    const user = await userOf(request, response)
    if (user === undefined) response.status(401).json({})
    else response.json(await findOrders(user))
  })
  return listen(application)
}

async function openGuard(authentication: Authentication): Promise<Guard> {
  switch (authentication.by) {
    case 'nothing':
      return { before: [], userOf: () => 1 }
    case 'statement': {
      const read = byStatement(authentication)
      return { before: [], userOf: ({ headers }) => read(headers.cookie) }
    }
    case 'map': {
      const read = byMap(authentication)
      return { before: [], userOf: ({ headers }) => read(headers.cookie) }
    }
    case 'cloakroom': {
      const { expressSessions } = await import('cloakroom/express')
      const { openSessions } = await import('./sessions.ts')
      const sessions = expressSessions(await openSessions(authentication))
      return {
        before: [sessions.required],
        userOf: (request) => sessions.authenticated(request).user.id,
      }
    }
    case 'express-session': {
      const { openExpressSession } = await import('./express-session.ts')
      return openExpressSession(authentication)
    }
    case 'iron-session': {
      const { getIronSession } = await import('iron-session')
      const options = { password: authentication.password, cookieName: ironCookie }
      return {
        before: [],
        async userOf(request, response) {
          return (await getIronSession<{ userId: number }>(request, response, options)).userId
        },
      }
    }
    default:
      throw new Error(`There is no application on Express with ${authentication.by}`)
  }
}
