import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { cloakroom } from 'cloakroom'
import { expressSessionStore, sessionIdOf } from 'cloakroom/express-session'
import { sqlite } from 'cloakroom/sqlite'
import express from 'express'
import session from 'express-session'
import { checkPassword, createUsers, findUserId } from './users.ts'

declare module 'express-session' {
  interface SessionData {
    userId: number
  }
}

const port = Number(process.env.PORT ?? 3000)
const file = process.env.DATABASE ?? 'app.db'
const database = new DatabaseSync(file)
createUsers(database)

const auth = await cloakroom({
  origin: `http://localhost:${port}`,
  store: sqlite(new DatabaseSync(file), { migrate: true }),
  users: { table: 'users', id: { type: 'integer' }, active: 'not banned' },
})
const store = expressSessionStore(auth, { session, userId: (session) => session.userId })

const app = express()
app.use(express.json())
app.use(
  session({
    store,
    secret: process.env.SESSION_SECRET ?? randomBytes(32).toString('hex'),
    resave: false,
    saveUninitialized: false,
    cookie: { secure: 'auto', sameSite: 'lax', maxAge: 7 * 86_400_000 },
  }),
)

app.post('/sign-in', async (request, response, next) => {
  const { email, password } = request.body
  const id = findUserId(database, email)
  if (id) await store.beginSignIn(request, id)
  if (!checkPassword(database, id, password) || !id) {
    response.status(401).send('Wrong email or password')
    return
  }
  request.session.regenerate((error) => {
    if (error) return next(error)
    request.session.userId = id
    request.session.save((error) => (error ? next(error) : response.status(204).end()))
  })
})

app.use((request, response, next) => {
  if (request.session.userId === undefined) response.status(401).send('Not signed in')
  else next()
})

app.get('/me', (request, response) => {
  response.json({ id: request.session.userId })
})

app.get('/devices', async (request, response) => {
  const devices = await auth.list(request.session.userId as number)
  const current = sessionIdOf(request.sessionID)
  response.json(devices.map(({ id, device, ip }) => ({ id, device, ip, here: id === current })))
})

app.post('/sign-out', (request, response, next) => {
  request.session.destroy((error) => (error ? next(error) : response.status(204).end()))
})

app.post('/sign-out-everywhere', async (request, response) => {
  await auth.revoke({ userId: request.session.userId as number })
  response.status(204).end()
})

app.listen(port, '127.0.0.1')
