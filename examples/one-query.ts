import { CloakroomError, cloakroom } from 'cloakroom'
import { expressSessions } from 'cloakroom/express'
import { postgres } from 'cloakroom/postgres'
import express from 'express'
import { Pool } from 'pg'

const port = Number(process.env.PORT ?? 3000)
const pool = new Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', console.error)

const auth = await cloakroom({
  origin: `http://localhost:${port}`,
  store: postgres(pool, { migrate: true }),
  users: { table: 'users', id: { type: 'bigint' }, active: 'not banned' },
})
const sessions = expressSessions(auth)
const app = express()

app.get('/orders', async (request, response) => {
  const { rows } = await pool.query(
    `select o.id, o.title
      from cloakroom_verify($1, $2, $3, $4) s
      left join orders o on o.user_id = s.user_id
      order by o.id`,
    sessions.tokenParameters(request),
  )
  if (rows.length === 0) throw new CloakroomError('not_authenticated', 'Nobody is signed in.')
  response.json(rows.filter(({ id }) => id !== null))
})

app.post('/orders', express.json(), async (request, response) => {
  const { rows } = await pool.query(
    `insert into orders (user_id, title)
      select s.user_id, $5 from cloakroom_verify($1, $2, $3, $4) s
      returning id, title`,
    [...sessions.tokenParameters(request), request.body.title],
  )
  if (rows.length === 0) throw new CloakroomError('not_authenticated', 'Nobody is signed in.')
  response.status(201).json(rows[0])
})

app.use(sessions.onError)
app.listen(port, '127.0.0.1')
