import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import connectPgSimple from 'connect-pg-simple'
import session from 'express-session'
import { testDatabase } from '../postgres-database.ts'
import { assertLogOutStands, logOutRaces } from './log-out-races.ts'
import { openSite } from './site.ts'

const PgStore = connectPgSimple(session)

// The races must be able to fail: here the same code runs on the store that most applications with
// PostgreSQL have.
describe('connect-pg-simple in the store’s place', () => {
  for (const [claim, race] of Object.entries(logOutRaces)) {
    test(`fails: ${claim}`, async () => {
      const { application: pool, close } = await testDatabase()
      const store = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false })
      const site = await openSite(store, race.options)
      try {
        const opened = 'the cookie opens the session that was logged out'
        await assert.rejects(assertLogOutStands(site, race, 1), (error) => {
          assert(error instanceof assert.AssertionError)
          assert.equal(error.message.split('\n')[0], opened)
          assert.equal(error.actual, 1)
          return true
        })
      } finally {
        await site.close()
        await close()
      }
    })
  }
})
