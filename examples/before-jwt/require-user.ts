import type { RequestHandler } from 'express'
import { findUser } from './database.ts'
import { verifyToken } from './tokens.ts'

export const requireUser: RequestHandler = (request, response, next) => {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  try {
    if (scheme !== 'Bearer' || token === undefined) throw new Error('There is no token')
    const claims = verifyToken(token)
    const user = findUser(Number(claims.sub))
    if (user === undefined || user.banned === 1) throw new Error('The user may not')
    response.locals.claims = claims
    response.locals.user = user
    next()
  } catch {
    response.status(401).json({ error: 'Sign in first' })
  }
}
