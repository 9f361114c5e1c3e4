import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Pool } from 'pg'
import { cloakroom } from '../src/cloakroom.ts'
import { postgres } from '../src/stores/postgres/index.ts'
import { createProject } from './cli-project.ts'
import { testDatabase } from './postgres-database.ts'

const active = 'not banned'

/** An application with more options than a URL can say, a user of it, and a command line with the URL. */
async function applicationOf(t: TestContext) {
  const database = await testDatabase()
  const project = createProject(['pg'])
  const { application } = database
  await application.query('create table users (id bigint primary key, banned boolean not null)')
  await application.query('insert into users values (42, false)')
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: postgres(database.open('pg').pool as Pool, { migrate: true }),
    users: { table: 'users', id: { type: 'bigint' }, active },
    pruneIntervalSeconds: false,
  })
  t.after(async () => {
    project.remove()
    await auth.close()
    await database.close()
  })
  const { token } = await (await auth.beginSignIn('42')).complete()
  return {
    auth,
    token,
    application,
    run: (...typed: string[]) =>
      project.run([...typed, '--id-type', 'bigint'], { DATABASE_URL: database.url }),
    async isVerified() {
      const sql = 'select from cloakroom_verify($1, $2, $3, $4)'
      return (await application.query(sql, [...auth.tokenParameters(token)])).rowCount === 1
    },
  }
}

describe("npx cloakroom with a URL, on an application's tables", () => {
  it('blocks, without being told what `active` is there', async (t) => {
    const { auth, token, run } = await applicationOf(t)
    const { code, stderr } = await run('users', 'block', '42', '--yes')
    assert.equal(code, 0, stderr)
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  it('migrate does not replace cloakroom_verify by one that lets everybody in', async (t) => {
    const { application, run, isVerified } = await applicationOf(t)
    await application.query('update users set banned = true')
    for (const print of [[], ['--print']]) {
      const { code, stdout, stderr } = await run('migrate', ...print)
      assert.equal(code, 5)
      assert.equal(stdout, '')
      assert.match(stderr, /--active.*schema_mismatch/)
    }
    assert.equal(await isVerified(), false)
    assert.equal((await run('migrate', '--active', active)).code, 0)
    assert.equal((await run('migrate', '--active', 'banned')).code, 0)
    assert.equal(await isVerified(), true)
  })
})
