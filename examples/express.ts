import { DatabaseSync } from 'node:sqlite'
import { cloakroom } from 'cloakroom'
import { expressSessions } from 'cloakroom/express'
import { sqlite } from 'cloakroom/sqlite'
import express from 'express'
import { checkPassword, createUsers, findUserId } from './users.ts'

const port = Number(process.env.PORT ?? 3000)
const file = process.env.DATABASE ?? 'app.db'
const database = new DatabaseSync(file)
createUsers(database)

const auth = await cloakroom({
  origin: `http://localhost:${port}`,
  store: sqlite(new DatabaseSync(file), { migrate: true }),
  users: {
    table: 'users',
    id: { type: 'integer' },
    active: 'not banned',
    select: { email: 'text' },
  },
})
const sessions = expressSessions(auth)
const app = express()
app.use(express.json())

app.post('/sign-in', sessions.authenticate, async (request, response) => {
  const { email, password } = request.body
  const id = findUserId(database, email)
  const attempt = id && (await auth.beginSignIn(id))
  if (!checkPassword(database, id, password) || !attempt) {
    response.status(401).send('Wrong email or password')
    return
  }
  await sessions.signIn(request, response, attempt, { methods: ['pwd'] })
  response.status(204).end()
})

app.get('/me', sessions.required, (request, response) => {
  response.json(sessions.authenticated(request).user)
})

app.get('/devices', sessions.required, async (request, response) => {
  response.json(await auth.list(sessions.authenticated(request).user.id))
})

app.post('/sign-out', async (request, response) => {
  await sessions.signOut(request, response)
  response.status(204).end()
})

app.post('/step-up', sessions.required, async (request, response) => {
  const { id } = sessions.authenticated(request).user
  if (!checkPassword(database, id, request.body.password)) {
    response.status(401).send('Wrong')
    return
  }
  await sessions.stepUp(request, response, { methods: ['pwd'] })
  response.status(204).end()
})

app.post('/sign-out-everywhere', sessions.requiredStepUp, async (request, response) => {
  await auth.revoke({ userId: sessions.authenticated(request).user.id })
  response.status(204).end()
})

app.use(sessions.onError)
app.listen(port, '127.0.0.1')
