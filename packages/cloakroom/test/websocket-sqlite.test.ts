import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe } from 'node:test'
import { cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'
import { webSocketCases } from './websocket-cases.ts'

describe('WebSockets beside SQLite', () => {
  webSocketCases(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloakroom-websocket-'))
    const location = join(folder, 'app.db')
    const application = new DatabaseSync(location)
    application.exec(`pragma journal_mode = wal;
      create table users (id integer primary key, banned integer not null default 0);
      insert into users (id) values (1), (2)`)
    const handle = new DatabaseSync(location)
    const auth = await cloakroom({
      origin: 'http://localhost:3000',
      store: sqlite(handle, { migrate: true }),
      users: { table: 'users', id: { type: 'integer' }, active: 'not banned' },
    })
    return {
      location,
      auth,
      run: (sql) => application.exec(sql),
      async close() {
        await auth.close()
        handle.close()
        application.close()
        rmSync(folder, { recursive: true })
      },
    }
  })
})
