import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'
import { cloakroom } from 'cloakroom'
import { type Listener, nodeSessions } from 'cloakroom/node'
import { sqlite } from 'cloakroom/sqlite'
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
const sessions = nodeSessions(auth)

const routes: Record<string, Listener> = {
  'POST /sign-in': sessions.authenticate(async (request, response) => {
    const { email, password } = (await json(request)) as { email: string; password: string }
    const id = findUserId(database, email)
    const attempt = id && (await auth.beginSignIn(id))
    if (!checkPassword(database, id, password) || !attempt) {
      response.writeHead(401).end('Wrong email or password')
      return
    }
    await sessions.signIn(request, response, attempt, { methods: ['pwd'] })
    response.writeHead(204).end()
  }),

  'GET /me': sessions.required((request, response) => {
    response.end(JSON.stringify(sessions.authenticated(request).user))
  }),

  'GET /devices': sessions.required(async (request, response) => {
    response.end(JSON.stringify(await auth.list(sessions.authenticated(request).user.id)))
  }),

  'POST /sign-out': sessions.authenticate(async (request, response) => {
    await sessions.signOut(request, response)
    response.writeHead(204).end()
  }),

  'POST /step-up': sessions.required(async (request, response) => {
    const { password } = (await json(request)) as { password: string }
    if (!checkPassword(database, sessions.authenticated(request).user.id, password)) {
      response.writeHead(401).end('Wrong')
      return
    }
    await sessions.stepUp(request, response, { methods: ['pwd'] })
    response.writeHead(204).end()
  }),

  'POST /sign-out-everywhere': sessions.requiredStepUp(async (request, response) => {
    await auth.revoke({ userId: sessions.authenticated(request).user.id })
    response.writeHead(204).end()
  }),
}

createServer(async (request, response) => {
  try {
    const route = routes[`${request.method} ${request.url}`]
    if (route === undefined) response.writeHead(404).end()
    else await route(request, response)
  } catch (error) {
    console.error(error)
    if (!response.headersSent) response.writeHead(500).end()
  }
}).listen(port, '127.0.0.1')
