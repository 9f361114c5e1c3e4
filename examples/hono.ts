import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { cloakroom } from 'cloakroom'
import { honoSessions } from 'cloakroom/hono'
import { sqlite } from 'cloakroom/sqlite'
import { Hono } from 'hono'
import { checkPassword, createUsers, findUserId } from './users.ts'

const port = Number(process.env.PORT ?? 3000)
const file = process.env.DATABASE ?? 'app.db'
const database = new DatabaseSync(file)
createUsers(database)

const auth = await cloakroom({
  origin: `http://localhost:${port}`,
  store: sqlite(new DatabaseSync(file), { migrate: true }),
  users: {
    table: 'users', // yours, as it is
    id: { type: 'integer' },
    active: 'not banned',
    select: { email: 'text' },
  },
})
const sessions = honoSessions(auth)
const app = new Hono()
app.onError(sessions.onError)

app.post('/sign-in', sessions.authenticate, async (c) => {
  const { email, password } = await c.req.json()
  const id = findUserId(database, email)
  const attempt = id && (await auth.beginSignIn(id)) // before the password is looked at
  if (!checkPassword(database, id, password) || !attempt) return c.text('Wrong', 401)
  await sessions.signIn(c, attempt, { methods: ['pwd'] }) // sets the cookie
  return c.body(null, 204)
})

app.get('/me', sessions.required, (c) => c.json(sessions.authenticated(c).user))

app.get('/devices', sessions.required, async (c) => {
  const { user, session } = sessions.authenticated(c)
  const devices = await auth.list(user.id)
  return c.json(
    devices.map(({ id, device, lastSeenAt }) => ({
      id,
      device,
      lastSeenAt,
      current: id === session.id,
    })),
  )
})

app.post('/sign-out', async (c) => {
  await sessions.signOut(c) // gone from the database when this returns
  return c.body(null, 204)
})

app.post('/step-up', sessions.required, async (c) => {
  const { password } = await c.req.json()
  if (!checkPassword(database, sessions.authenticated(c).user.id, password)) {
    return c.text('Wrong', 401)
  }
  await sessions.stepUp(c, { methods: ['pwd'] }) // a new cookie; recent for ten minutes
  return c.body(null, 204)
})

app.post('/sign-out-everywhere', sessions.requiredStepUp, async (c) => {
  await auth.revoke({ userId: sessions.authenticated(c).user.id })
  return c.body(null, 204)
})

serve({ fetch: app.fetch, port: port, hostname: '127.0.0.1' })
