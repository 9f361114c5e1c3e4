// `../before-jwt` with sessions instead: each request asks the database once before its own work.
import express from 'express'
import { checkPassword, database, findUserId } from './database.ts'
import { auth, sessions } from './sessions.ts'

const app = express()
app.use(express.json())

app.post('/sign-in', async (request, response) => {
  const { email, password } = request.body
  const id = findUserId(String(email))
  const attempt = id && (await auth.beginSignIn(id))
  if (!checkPassword(id, String(password)) || !attempt) {
    response.status(401).json({ error: 'Wrong email or password' })
    return
  }
  const { token } = await sessions.signIn(request, response, attempt, { methods: ['pwd'] })
  response.json({ token })
})

app.post('/sign-out', async (request, response) => {
  await sessions.signOut(request, response)
  response.status(204).end()
})

app.get('/me', sessions.required, (request, response) => {
  response.json(sessions.authenticated(request).user)
})

app.get('/orders', sessions.required, (request, response) => {
  const { id } = sessions.authenticated(request).user
  response.json(database.prepare('select id, item from orders where user_id = ?').all(id))
})

app.post('/orders', sessions.required, (request, response) => {
  const { id } = sessions.authenticated(request).user
  database
    .prepare('insert into orders (user_id, item) values (?, ?)')
    .run(id, String(request.body.item))
  response.status(201).end()
})

app.use(sessions.onError)
app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
