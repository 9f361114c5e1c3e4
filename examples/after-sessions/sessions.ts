import { cloakroom } from 'cloakroom'
import { expressSessions } from 'cloakroom/express'
import { sqlite } from 'cloakroom/sqlite'
import { database } from './database.ts'

export const auth = await cloakroom({
  origin: `http://localhost:${process.env.PORT ?? 3000}`,
  transports: ['bearer'],
  store: sqlite(database, { migrate: true }),
  users: {
    table: 'users',
    id: { type: 'integer' },
    active: 'not banned',
    select: { email: 'text' },
  },
})

export const sessions = expressSessions(auth)
