import type { NextFunction, Request, Response } from 'express'
import { db } from '@db'
import { read } from './tokens.js'

export async function authenticate(req: Request, res: Response, next: NextFunction) {
  const [scheme, token] = (req.headers.authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || !token) return res.sendStatus(401)
  const claims = await read(token)
  const agent = await db
    .selectFrom('agents')
    .select(['id', 'token_version'])
    .where('id', '=', claims.sub!)
    .executeTakeFirst()
  if (agent === undefined || agent.token_version !== claims.ver) return res.sendStatus(401)
  res.locals.agent = agent
  next()
}
