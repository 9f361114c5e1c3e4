import { serve } from '@hono/node-server'
import bcrypt from 'bcryptjs'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { jwks, signAccess } from './keys'
import { redeem, remember } from './remember'
import { users } from './mongo'

const app = new Hono()

const cookie = { httpOnly: true, secure: true, sameSite: 'Strict', path: '/login' } as const

app.get('/.well-known/jwks.json', (c) => c.json(jwks, 200, { 'cache-control': 'public, max-age=300' }))

app.post('/login', async (c) => {
  const { email, password } = await c.req.json<{ email: string; password: string }>()
  const user = await users.findOne({ email })
  if (!user || !bcrypt.compareSync(password, user.passwordHash)) return c.json({ error: 'denied' }, 401)
  setCookie(c, 'remember', await remember(user._id), cookie)
  return c.json({ token: await signAccess(user._id.toHexString(), user.layers) })
})

app.post('/login/again', async (c) => {
  const user = await redeem(getCookie(c, 'remember') ?? '')
  if (!user) {
    deleteCookie(c, 'remember', cookie)
    return c.json({ error: 'denied' }, 401)
  }
  setCookie(c, 'remember', await remember(user._id), cookie)
  return c.json({ token: await signAccess(user._id.toHexString(), user.layers) })
})

serve({ fetch: app.fetch, port: 8787 })
