import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { Hono, type Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { sign, verify } from 'hono/jwt'
import { devices, learners } from './tables'
import type { AppEnv } from './types'

const hex = (bytes: ArrayBuffer | Uint8Array) =>
  [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')

async function pbkdf2(password: string, salt: string) {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveBits'])
  return hex(
    await crypto.subtle.deriveBits(
      { name: 'PBKDF2', hash: 'SHA-256', salt: new TextEncoder().encode(salt), iterations: 100_000 },
      key,
      256,
    ),
  )
}

const accessToken = (c: Context<AppEnv>, learner: number) =>
  sign({ learner, exp: Math.floor(Date.now() / 1000) + 300 }, c.env.TOKEN_SECRET, 'HS256')

export const learnerOnly = createMiddleware<AppEnv>(async (c, next) => {
  const [, token = ''] = (c.req.header('authorization') ?? '').split(' ')
  const payload = await verify(token, c.env.TOKEN_SECRET, 'HS256').catch(() => undefined)
  if (!payload) return c.json({ error: 'unauthorized' }, 401)
  c.set('learner', payload.learner as number)
  await next()
})

export const auth = new Hono<AppEnv>()
  .post('/login', async (c) => {
    const { username, password } = await c.req.json()
    const db = drizzle(c.env.DB)
    const learner = await db.select().from(learners).where(eq(learners.username, username)).get()
    if (!learner || learner.pwd !== (await pbkdf2(password, learner.salt))) return c.json({ error: 'unauthorized' }, 401)
    const refreshToken = hex(crypto.getRandomValues(new Uint8Array(32)))
    await db.insert(devices).values({ refreshToken, learnerId: learner.id })
    return c.json({ accessToken: await accessToken(c, learner.id), refreshToken })
  })
  .post('/refresh', async (c) => {
    const { refreshToken } = await c.req.json()
    const device = await drizzle(c.env.DB).select().from(devices).where(eq(devices.refreshToken, refreshToken)).get()
    if (!device) return c.json({ error: 'unauthorized' }, 401)
    return c.json({ accessToken: await accessToken(c, device.learnerId) })
  })
  .post('/logout', async (c) => {
    const { refreshToken } = await c.req.json()
    await drizzle(c.env.DB).delete(devices).where(eq(devices.refreshToken, refreshToken))
    return c.body(null, 204)
  })
