// A process that verifies over a connection which then stops to answer, and has nothing more to do.
// Started by mysql-faults.mysql.test.ts; prints a line when it is ready, and one per outcome.
import { once } from 'node:events'
import { cloakroom } from 'cloakroom'
import { mysql } from 'cloakroom/mysql'
import { createPool } from 'mysql2/promise'

const pool = createPool({ uri: process.env.DATABASE_URL ?? '', connectionLimit: 1 })
const auth = await cloakroom({
  origin: 'https://app.example',
  store: mysql(pool, { timeoutSeconds: 0.5 }),
  users: { table: 'users', id: { type: 'integer' } },
})
const attempt = await auth.beginSignIn(1)
const { token } = await attempt.complete()
process.stdout.write('ready\n')
await once(process.stdin, 'data')
process.stdin.destroy()
await auth.verify(token).catch(({ code }) => process.stdout.write(`${code}\n`))
await auth.close()
await pool.end()
