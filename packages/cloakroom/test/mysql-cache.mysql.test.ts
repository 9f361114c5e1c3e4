import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { type Cloakroom, cloakroom } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { mysql } from 'cloakroom/mysql'
import { signInAs } from '../src/testing/index.ts'
import { freshDatabase, type MysqlDatabase } from './mysql-database.ts'

const users = { table: 'users', id: { type: 'integer' }, active: 'not banned' } as const

describe('verifying from memory, with sessions in MySQL', () => {
  let database: MysqlDatabase
  const opened: Cloakroom<{ readonly id: number }>[] = []
  beforeEach(async () => {
    database = await freshDatabase()
    await database.admin.query(
      `create table users (id int primary key, banned bool not null default false);
       insert into users (id) values (1), (2)`,
    )
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((auth) => auth.close()))
    await database.close()
  })

  /** As another process would have it: of all that counts it shares the database only. */
  async function open(): Promise<(typeof opened)[0]> {
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: mysql(database.connect(), { migrate: true, feed: { pollSeconds: 0.05 } }),
      cache: leasedCache({ maxSessions: 100 }),
      users,
      pruneIntervalSeconds: false,
    })
    opened.push(auth)
    return auth
  }

  /** Verifies until the answer comes from memory. */
  async function keepInMemory(auth: Cloakroom, token: string): Promise<void> {
    const hits = () => auth.feedHealth()?.cache?.hits ?? 0
    const before = hits()
    await waitUntil('it is kept', async () => {
      assert.equal((await auth.verify(token)).status, 'authenticated')
      return hits() > before
    })
  }

  async function assertOut(auth: Cloakroom, token: string): Promise<void> {
    await waitUntil('it is out', async () => (await auth.verify(token)).status === 'anonymous')
  }

  it('ends when another process revokes, and its signal aborts', async () => {
    const [here, there] = [await open(), await open()]
    const { token, session } = await signInAs(here, 1)
    await keepInMemory(here, token)
    const verification = await here.verify(token)
    assert.ok(verification.status === 'authenticated')
    const aborted = once(verification.session.signal, 'abort')
    await there.revoke({ sessionId: session.id })
    await assertOut(here, token)
    await aborted
  })

  it('ends when other code bans the user by plain SQL, and nobody else is read again', async () => {
    const here = await open()
    const [banned, other] = [await signInAs(here, 1), await signInAs(here, 2)]
    await keepInMemory(here, banned.token)
    await keepInMemory(here, other.token)
    const misses = here.feedHealth()?.cache?.misses ?? 0
    await database.admin.query('update users set banned = true where id = 1')
    await assertOut(here, banned.token)
    await here.verify(other.token)
    const more = (here.feedHealth()?.cache?.misses ?? 0) - misses
    assert.ok(more <= 1, `${more} misses`)
  })
})
