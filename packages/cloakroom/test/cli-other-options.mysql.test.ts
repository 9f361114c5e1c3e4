import assert from 'node:assert/strict'
import { it } from 'node:test'
import { freshMysqlDatabase, sharedMariadb } from '@cloakroom/test-servers'
import { migrate, pendingMigrations } from 'cloakroom'
import { mysql } from 'cloakroom/mysql'
import { createPool } from 'mysql2/promise'
import { createProject } from './cli-project.ts'

it('npx cloakroom migrate --feed with a URL does not replace triggers by ones that tell less', async (t) => {
  const url = await freshMysqlDatabase(await sharedMariadb())
  const pool = createPool(url)
  const project = createProject(['mysql2'])
  t.after(async () => {
    project.remove()
    await pool.end()
  })
  await pool.query('create table users (id bigint primary key, banned bool not null)')
  const active = 'not banned'
  const users = { table: 'users', id: { type: 'bigint' }, active } as const
  const application = { store: mysql(pool, { feed: true }), users }
  await migrate(application)

  const run = (...typed: string[]) =>
    project.run(['migrate', '--feed', '--id-type', 'bigint', ...typed], { DATABASE_URL: url })
  for (const print of [[], ['--print']]) {
    const { code, stdout, stderr } = await run(...print)
    assert.equal(code, 5)
    assert.equal(stdout, '')
    assert.match(stderr, /--active.*schema_mismatch/)
  }
  assert.deepEqual(await pendingMigrations(application), [])
  assert.equal((await run('--active', active)).code, 0)
  assert.equal((await run('--active', 'true')).code, 0)
  assert.notDeepEqual(await pendingMigrations(application), [])
})
