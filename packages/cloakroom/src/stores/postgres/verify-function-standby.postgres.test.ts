import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startReplicatedPostgres, waitUntil } from '@cloakroom/test-servers'
import { Pool } from 'pg'
import { openShop, verifyInQuery } from '../../../test/order-shop.ts'
import { signInAs } from '../../testing/index.ts'

test('cloakroom_verify gives nothing on a standby, which may not know of a revocation', async (t) => {
  const servers = await startReplicatedPostgres()
  const shop = await openShop({}, { server: servers.primary.url })
  const standby = new Pool({
    connectionString: servers.standby.url,
    options: `-c search_path=${shop.schema}`,
  })
  t.after(async () => {
    await Promise.all([shop.close(), standby.end()])
    await servers.stop()
  })
  await shop.application.query(`insert into users (id, banned) values ('alice', false)`)
  const { token, session } = await signInAs(shop.auth, 'alice')
  const parameters = shop.auth.tokenParameters(token)
  assert.equal((await verifyInQuery(shop.application, parameters)).length, 1)

  await waitUntil('the session is on the standby', async () => {
    const sql = 'select id from cloakroom_sessions where id = $1'
    const { rowCount } = await standby.query(sql, [session.id]).catch(() => ({ rowCount: 0 }))
    return rowCount === 1
  })
  assert.deepEqual(await verifyInQuery(standby, parameters), [])
})
