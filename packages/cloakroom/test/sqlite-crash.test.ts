import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type Cloakroom, cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'
import { seededRandom } from '../src/testing/random.ts'

const kills = 100
const userCount = 3

describe('kill -9 of a process that writes to SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-crash-'))
  const file = join(folder, 'app.db')
  let database: DatabaseSync
  let auth: Cloakroom<{ readonly id: number }>

  before(async () => {
    database = new DatabaseSync(file)
    database.exec('pragma journal_mode = wal; create table users (id integer primary key)')
    for (let id = 1; id <= userCount; id += 1) {
      database.prepare('insert into users (id) values (?)').run(id)
    }
    auth = await cloakroom({
      origin: 'http://localhost',
      store: sqlite(database, { migrate: true }),
      users: { table: 'users', id: { type: 'integer' } },
    })
  })

  after(async () => {
    await auth.close()
    database.close()
    rmSync(folder, { recursive: true })
  })

  it(`${kills} times: everything acknowledged is there, and the file is sound`, async (test) => {
    const random = seededRandom(test)
    let created = 0
    let revoked = 0
    for (let kill = 0; kill < kills; kill += 1) {
      const acknowledged = await writeUntilKilled(file, 1 + (kill % userCount), random() * 40)
      for (const [token, what] of acknowledged) {
        const { status } = await auth.verify(token)
        if (what === 'revoked') {
          assert.equal(status, 'anonymous', 'a revocation that was acknowledged is lost')
          revoked += 1
        } else if (what === 'created') {
          assert.equal(status, 'authenticated', 'a session that was acknowledged is lost')
          created += 1
        }
      }
    }
    const [result] = database.prepare('pragma integrity_check').all()
    assert.deepEqual({ ...result }, { integrity_check: 'ok' })
    assert.ok(created > kills && revoked > kills, `only ${created} and ${revoked} acknowledged`)
  })
})

/** Last acknowledged state of each token; the very last token's is left out where it is not certain. */
async function writeUntilKilled(
  file: string,
  user: number,
  afterMs: number,
): Promise<Map<string, string>> {
  const writer = join(import.meta.dirname, 'sqlite-writer.ts')
  const args = ['--conditions=cloakroom-source', writer, file, String(user)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  // From the first acknowledgement on: a process that is still starting has nothing to lose.
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs))
  await new Promise((resolve) => child.once('close', resolve))
  assert.equal(child.signalCode, 'SIGKILL')

  const states = new Map<string, string>()
  for (const line of output.split('\n').slice(0, -1)) {
    const [what = '', token = ''] = line.split(' ')
    states.set(token, what)
  }
  const last = [...states.keys()].at(-1)
  // Created, and killed before the revocation was acknowledged: it may have happened or not.
  if (last !== undefined && states.get(last) === 'created') states.delete(last)
  return states
}
