// What most applications with JWTs look like once people can log out and be banned. It works, and
// asks the database twice before each request; `npx should-i-use-jwt` says so.
import express from 'express'
import { database, findUserByPassword } from './database.ts'
import { requireUser } from './require-user.ts'
import { pruneTokens, revokeToken, signToken } from './tokens.ts'

const app = express()
app.use(express.json())

app.post('/sign-in', (request, response) => {
  const { email, password } = request.body
  const user = findUserByPassword(String(email), String(password))
  if (user === undefined || user.banned === 1) {
    response.status(401).json({ error: 'Wrong email or password' })
    return
  }
  response.json({ token: signToken(user.id) })
})

app.post('/sign-out', requireUser, (_request, response) => {
  revokeToken(response.locals.claims)
  pruneTokens()
  response.status(204).end()
})

app.get('/me', requireUser, (_request, response) => {
  response.json(response.locals.user)
})

app.get('/orders', requireUser, (_request, response) => {
  const { id } = response.locals.user
  response.json(database.prepare('select id, item from orders where user_id = ?').all(id))
})

app.post('/orders', requireUser, (request, response) => {
  const { id } = response.locals.user
  database
    .prepare('insert into orders (user_id, item) values (?, ?)')
    .run(id, String(request.body.item))
  response.status(201).end()
})

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
