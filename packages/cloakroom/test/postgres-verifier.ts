// A process that verifies tokens. Started by rows.postgres.test.ts with the URL of a database; each message
// is a list of tokens, to which it answers how many of them are live. Ends when it is disconnected.
import { cloakroom } from 'cloakroom'
import { type PgPool, postgres } from 'cloakroom/postgres'
import { Pool } from 'pg'
import { users } from './postgres-users.ts'

const [, , connectionString] = process.argv
const pool = new Pool({ connectionString })
const auth = await cloakroom({
  origin: 'https://app.example',
  store: postgres(pool as PgPool),
  users,
  pruneIntervalSeconds: false,
})

process.on('message', async (tokens: string[]) => {
  const all = await Promise.all(tokens.map((token) => auth.verify(token)))
  process.send?.(all.filter(({ status }) => status === 'authenticated').length)
})
process.on('disconnect', async () => {
  await auth.close()
  await pool.end()
})
process.send?.('ready')
