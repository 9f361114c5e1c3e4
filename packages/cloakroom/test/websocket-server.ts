// A process with WebSockets, each open as long as its session. Started by websocket-cases.ts; prints its
// port when it hears of revocations, and a line for each socket that opened and closed.
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { cloakroom } from 'cloakroom'
import { nodeSessions } from 'cloakroom/node'
import { type PgPool, postgres } from 'cloakroom/postgres'
import { sqlite } from 'cloakroom/sqlite'
import { Pool } from 'pg'
import { WebSocketServer } from 'ws'

const [, , location = ''] = process.argv
const auth = await cloakroom({
  origin: 'http://localhost:3000',
  store: location.startsWith('postgres')
    ? postgres(new Pool({ connectionString: location }) as PgPool, { feed: true })
    : sqlite(new DatabaseSync(location), { feed: true }),
  users: { table: 'users', id: { type: 'integer' }, active: 'not banned' },
  transports: ['cookie', 'bearer'],
})
const sessions = nodeSessions(auth)
const sockets = new WebSocketServer({ noServer: true })
const server = createServer(
  sessions.required((request, response) => {
    const { signal } = sessions.authenticated(request).session
    response.end(String(signal.aborted))
  }),
)

const upgrade = sessions.upgrade((request, socket, head) => {
  const { session } = sessions.authenticated(request)
  sockets.handleUpgrade(request, socket, head, (websocket) => {
    const end = () => websocket.close(1008, 'The session has ended')
    session.signal.addEventListener('abort', end, { once: true })
    websocket.send('welcome')
  })
})

server.on('upgrade', (request, socket, head) => {
  upgrade(request, socket, head).catch((error: unknown) => console.error(error))
})
process.on('message', () => process.send?.(auth.feedHealth()))
server.listen(0, '127.0.0.1', () => {
  const waiting = setInterval(() => {
    if (auth.feedHealth()?.isConfirmed !== true) return
    clearInterval(waiting)
    process.send?.({ port: (server.address() as { port: number }).port })
  }, 5)
})
