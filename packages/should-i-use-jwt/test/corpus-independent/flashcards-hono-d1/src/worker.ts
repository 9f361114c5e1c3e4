import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { Hono } from 'hono'
import { auth, learnerOnly } from './auth'
import { cards } from './tables'
import type { AppEnv } from './types'

const app = new Hono<AppEnv>().basePath('/api')

app.route('/auth', auth)

app.use('/cards/*', learnerOnly)

app.get('/cards', async (c) => c.json(await drizzle(c.env.DB).select().from(cards).where(eq(cards.learnerId, c.get('learner')))))

app.post('/cards', async (c) => {
  const { front, back } = await c.req.json()
  const card = await drizzle(c.env.DB).insert(cards).values({ learnerId: c.get('learner'), front, back }).returning().get()
  return c.json(card, 201)
})

app.delete('/cards/:id', async (c) => {
  await drizzle(c.env.DB)
    .delete(cards)
    .where(and(eq(cards.id, Number(c.req.param('id'))), eq(cards.learnerId, c.get('learner'))))
  return c.body(null, 204)
})

export default app
