import type { Pool } from 'pg'
import type { UserIdType, UsersTable } from '../src/core/user.ts'
import type { FeedHarness } from '../src/testing/index.ts'
import { type Driver, postgresHarness } from './postgres-database.ts'

/** What `feedContract` needs, in a schema of its own. */
export async function postgresFeedHarness(
  driver: Driver,
  userIdType: UserIdType,
): Promise<FeedHarness<UsersTable>> {
  const feed = { heartbeatSeconds: 0.1 }
  const { database, ...harness } = await postgresHarness(driver, userIdType, { feed })
  const { application, schema } = database
  return {
    ...harness,
    hearsUsers: true,
    isExact: true,
    deleteRow: async (sessionId) => {
      const id = Buffer.from(sessionId).toString('hex')
      await application.query('delete from cloakroom_sessions where id = $1', [id])
    },
    cut: () => cutFeeds(application, schema),
  }
}

/** Ends the server's side of the connections that listen, of the pools with this application's name. */
export async function cutFeeds(application: Pool, name: string): Promise<void> {
  await application.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = $1 and pid <> pg_backend_pid() and query ~ 'pg_listening_channels'`,
    [name],
  )
}
