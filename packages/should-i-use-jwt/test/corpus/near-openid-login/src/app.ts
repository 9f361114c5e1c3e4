import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createClient } from 'redis'

const redis = await createClient().connect()
const keys = createRemoteJWKSet(new URL('https://accounts.google.com/o/oauth2/v3/certs'))
const app = new Hono()

app.get('/callback', async (c) => {
  const response = await fetch('https://oauth2.googleapis.com/token', {
    method: 'POST',
    body: new URLSearchParams({ code: c.req.query('code')!, grant_type: 'authorization_code' }),
  })
  const { id_token } = (await response.json()) as { id_token: string }
  const { payload } = await jwtVerify(id_token, keys, { audience: process.env.CLIENT_ID })
  const id = randomUUID()
  await redis.set(`session:${id}`, payload.sub!, { EX: 86_400 })
  setCookie(c, 'sid', id, { httpOnly: true })
  return c.redirect('/')
})

app.get('/me', async (c) => {
  const sub = await redis.get(`session:${getCookie(c, 'sid')}`)
  return sub === null ? c.text('no', 401) : c.json({ sub })
})

export default app
