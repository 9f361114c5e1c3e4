import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'
import { listenTo } from '../src/testing/feed-cases/recording-listener.ts'
import { signInAs } from '../src/testing/index.ts'
import { temporaryFile } from './sqlite-database.ts'

const users = { table: 'users', id: { type: 'integer' } } as const

describe('a second process that ends a session in the same SQLite file', () => {
  it('is heard by the first, before it confirms what came after, and its signal aborts', async () => {
    const temporary = temporaryFile()
    const database = temporary.open('node:sqlite') as DatabaseSync
    database.exec('create table users (id integer primary key); insert into users values (1)')
    const factory = sqlite(database, { migrate: true, feed: { pollSeconds: 0.01 } })
    const auth = await cloakroom({ origin: 'http://localhost', store: factory, users })
    const { token, session } = await signInAs(auth, 1)
    const store = await factory.open({ users, clock: Date.now })
    const listener = await listenTo(store.feed)
    const verification = await auth.verify(token)
    assert.ok(verification.status === 'authenticated')
    const aborted = once(verification.session.signal, 'abort')

    const program = join(import.meta.dirname, 'sqlite-revoker.ts')
    const options = ['--conditions=cloakroom-source', program, temporary.file, session.id]
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    await once(child.stdout, 'data')
    await listener.untilConfirmed()
    assert.ok(listener.invalidations.some((what) => 'everybody' in what))
    assert.equal((await auth.verify(token)).status, 'anonymous')

    await aborted
    await exited
    await store.close()
    await auth.close()
    temporary.remove()
  })
})
