import { cloakroom } from '../src/index.ts'
import { sqlite } from '../src/stores/sqlite/index.ts'
import { cliCases, cliUsers } from './cli-cases.ts'
import { temporaryFile } from './sqlite-database.ts'

cliCases('SQLite', async () => {
  const temporary = temporaryFile()
  const application = temporary.open('node:sqlite')
  application.exec('create table users (id text not null primary key)')
  for (const id of cliUsers) application.exec(`insert into users (id) values ('${id}')`)
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: sqlite(temporary.open('node:sqlite'), { migrate: true }),
    users: { table: 'users', id: { type: 'text' } },
  })
  return {
    database: ['--database', temporary.file, '--id-type', 'text'],
    auth,
    async close() {
      await auth.close()
      temporary.remove()
    },
  }
})
