import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import {
  sharedMariadb,
  sharedPostgres,
  sharedValkey,
  sharedValkeyCluster,
} from '@cloakroom/test-servers'
import { createProject, type Project } from './cli-project.ts'

const secret = 'hunter2'

for (const [driver, locate] of [
  ['pg', sharedPostgres],
  ['postgres', sharedPostgres],
  ['mysql2', sharedMariadb],
  ['redis', sharedValkey],
  ['iovalkey', sharedValkey],
] as const) {
  describe(`npx cloakroom, with ${driver}, and a database that cannot be reached`, () => {
    let project: Project
    let url: string
    let silent: Server
    before(async () => {
      url = await locate()
      project = createProject([driver])
      silent = createServer().listen(0, '127.0.0.1')
    })
    after(() => {
      silent.close()
      project.remove()
    })

    const stats = (url: string, ...typed: string[]) =>
      project.run(['stats', '--id-type', 'bigint', ...typed], { CLOAKROOM_DATABASE_URL: url })
    const withParts = (parts: object) =>
      Object.assign(new URL(url), { username: 'nobody', password: secret }, parts).href

    it('says why when the password is wrong, and prints it nowhere', async () => {
      const { code, stdout, stderr } = await stats(withParts({}))
      assert.deepEqual([code, stdout], [69, ''], stderr)
      assert.match(stderr, /store_unavailable\)\n {2}\S/)
      assert.equal(stderr.includes(secret), false)
    })

    it('says why when nobody is there, and that others can see a typed password', async () => {
      const url = withParts({ port: '1' })
      const { code, stdout, stderr } = await stats(url)
      assert.deepEqual([code, stdout], [69, ''], stderr)
      assert.match(stderr, /ECONNREFUSED/)
      assert.doesNotMatch(stderr, /Other users|hunter2/)
      const typed = await stats('', '--database', url)
      assert.equal(typed.code, 69)
      assert.match(typed.stderr, /^cloakroom: Other users of this machine can see the password/)
      assert.equal(typed.stderr.includes(secret), false)
    })

    it('gives up on a server that never answers', async () => {
      const { port } = silent.address() as { port: number }
      const { code, stderr } = await stats(withParts({ port }))
      assert.equal(code, 69, stderr)
    })
  })
}

it('npx cloakroom says what to do when the URL is that of one node of a cluster', async () => {
  const project = createProject(['redis'])
  const [url = ''] = await sharedValkeyCluster()
  const { code, stderr } = await project.run(['stats', '--id-type', 'text'], { DATABASE_URL: url })
  assert.equal(code, 5, stderr)
  assert.match(stderr, /cluster/)
  project.remove()
})
