import { CloakroomError, cloakroom } from 'cloakroom'
import { expressSessions } from 'cloakroom/express'
import { postgres } from 'cloakroom/postgres'
import express from 'express'
import connect from 'postgres'

const port = Number(process.env.PORT ?? 3000)
const sql = connect(process.env.DATABASE_URL ?? '')

const auth = await cloakroom({
  origin: `http://localhost:${port}`,
  store: postgres(sql, { migrate: true }),
  users: { table: 'users', id: { type: 'bigint' }, active: 'not banned' },
})
const sessions = expressSessions(auth)
const app = express()

app.get('/orders', async (request, response) => {
  const [id, secretHash, idleSeconds, absoluteSeconds] = sessions.tokenParameters(request)
  const rows = await sql`
    select o.id, o.title
    from cloakroom_verify(${id}, ${secretHash}, ${idleSeconds}, ${absoluteSeconds}) s
    left join orders o on o.user_id = s.user_id
    order by o.id`
  if (rows.length === 0) throw new CloakroomError('not_authenticated', 'Nobody is signed in.')
  response.json(rows.filter(({ id }) => id !== null))
})

app.use(sessions.onError)
app.listen(port, '127.0.0.1')
