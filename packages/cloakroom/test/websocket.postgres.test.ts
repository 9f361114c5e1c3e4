import { describe } from 'node:test'
import { cloakroom } from 'cloakroom'
import { type PgPool, postgres } from 'cloakroom/postgres'
import { testDatabase } from './postgres-database.ts'
import { users } from './postgres-users.ts'
import { webSocketCases } from './websocket-cases.ts'

describe('WebSockets beside PostgreSQL', () => {
  webSocketCases(async () => {
    const { url, application, open, close } = await testDatabase()
    await application.query(
      `create table users (id integer primary key, banned boolean not null default false);
       insert into users values (1), (2)`,
    )
    const auth = await cloakroom({
      origin: 'http://localhost:3000',
      store: postgres(open('pg').pool as PgPool, { migrate: true, feed: true }),
      users,
    })
    return {
      location: url,
      auth,
      run: (sql) => application.query(sql),
      async close() {
        await auth.close()
        await close()
      },
    }
  })
})
