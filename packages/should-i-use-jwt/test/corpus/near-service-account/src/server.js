import Fastify from 'fastify'
import { listEvents } from './google.js'

const app = Fastify()
app.get('/events', async () => listEvents())
await app.listen({ port: 3000 })
