import express from 'express'
import { db } from '@db'
import { authenticate } from '@lib/authenticate'
import { issue } from '@lib/tokens'
import { checkPassword } from '@lib/passwords'

const app = express()
app.use(express.json())

app.post('/log-in', async (req, res) => {
  const agent = await db
    .selectFrom('agents')
    .selectAll()
    .where('email', '=', req.body.email)
    .executeTakeFirstOrThrow()
  if (!(await checkPassword(agent, req.body.password))) return res.sendStatus(401)
  res.json({ token: await issue(agent) })
})

app.post('/log-out', authenticate, async (_req, res) => {
  await db
    .updateTable('agents')
    .set((eb) => ({ token_version: eb('token_version', '+', 1) }))
    .where('id', '=', res.locals.agent.id)
    .execute()
  res.sendStatus(204)
})

app.get('/tickets', authenticate, async (_req, res) => {
  res.json(
    await db.selectFrom('tickets').selectAll().where('assignee', '=', res.locals.agent.id).execute(),
  )
})

app.listen(3000)
