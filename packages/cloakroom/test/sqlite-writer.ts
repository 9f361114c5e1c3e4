// A process that writes sessions and revocations until it is killed, and reports on stdout each one
// that was acknowledged. Started by sqlite-crash.test.ts.
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'

const [, , file, user] = process.argv as [string, string, string, string]
const auth = await cloakroom({
  origin: 'http://localhost',
  store: sqlite(new DatabaseSync(file)),
  users: { table: 'users', id: { type: 'integer' } },
})

for (let count = 0; ; count += 1) {
  const attempt = await auth.beginSignIn(Number(user))
  const { token, session } = await attempt.complete()
  report('created', token)
  if (count % 2 === 0) {
    await auth.revoke({ sessionId: session.id })
    report('revoked', token)
  }
}

// Synchronous: an acknowledgement that the kill swallows would prove nothing.
function report(what: string, token: string): void {
  writeSync(1, `${what} ${token}\n`)
}
