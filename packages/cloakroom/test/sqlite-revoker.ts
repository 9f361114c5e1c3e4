// A process that ends one session in an SQLite file. Started by sqlite-feed.test.ts; prints a line when
// the revocation is acknowledged.
import { DatabaseSync } from 'node:sqlite'
import { cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'

const [, , file, sessionId] = process.argv as [string, string, string, string]
const database = new DatabaseSync(file)
const auth = await cloakroom({
  origin: 'http://localhost',
  store: sqlite(database),
  users: { table: 'users', id: { type: 'integer' } },
  pruneIntervalSeconds: false,
})
await auth.revoke({ sessionId })
process.stdout.write('revoked\n')
await auth.close()
database.close()
