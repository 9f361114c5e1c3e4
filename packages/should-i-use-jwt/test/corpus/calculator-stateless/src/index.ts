import { Hono } from 'hono'
import { jwt, sign } from 'hono/jwt'
import { compute } from './compute'

type Bindings = { JWT_SECRET: string; PASSPHRASE: string }

const app = new Hono<{ Bindings: Bindings }>()

app.post('/token', async (c) => {
  const { passphrase } = await c.req.json()
  if (passphrase !== c.env.PASSPHRASE) return c.text('no', 401)
  const token = await sign(
    { sub: 'me', exp: Math.floor(Date.now() / 1000) + 60 * 60 },
    c.env.JWT_SECRET,
    'HS256',
  )
  return c.json({ token })
})

app.use('/api/*', (c, next) => jwt({ secret: c.env.JWT_SECRET, alg: 'HS256' })(c, next))

app.get('/api/add/:a/:b', (c) => c.json(compute('+', c.req.param('a'), c.req.param('b'))))
app.get('/api/multiply/:a/:b', (c) => c.json(compute('*', c.req.param('a'), c.req.param('b'))))
app.get('/health', (c) => c.text('ok'))

export default app
