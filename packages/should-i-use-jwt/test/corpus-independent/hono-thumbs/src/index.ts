import { Hono } from 'hono'
import { jwt } from 'hono/jwt'
import type { JwtVariables } from 'hono/jwt'
import { resize, watermark } from './images'

type Env = {
  Bindings: { JWT_SECRET: string }
  Variables: JwtVariables<{ shop: string; plan: 'free' | 'pro' }>
}

const app = new Hono<Env>()

app.get('/healthz', (c) => c.text('ok'))

app.use('/v1/*', (c, next) => jwt({ secret: c.env.JWT_SECRET, alg: 'HS256' })(c, next))

app.post('/v1/resize', async (c) => {
  const width = Number(c.req.query('w') ?? 320)
  if (!Number.isInteger(width) || width < 16 || width > 2000) {
    return c.json({ error: 'bad width' }, 400)
  }
  const input = new Uint8Array(await c.req.arrayBuffer())
  return c.body(resize(input, width), 200, { 'content-type': 'image/webp' })
})

app.post('/v1/watermark', async (c) => {
  const { shop, plan } = c.get('jwtPayload')
  if (plan !== 'pro') {
    return c.json({ error: 'upgrade needed' }, 402)
  }
  const input = new Uint8Array(await c.req.arrayBuffer())
  return c.body(watermark(input, shop), 200, { 'content-type': 'image/webp' })
})

export default app
