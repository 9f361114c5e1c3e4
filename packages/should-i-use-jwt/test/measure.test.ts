import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { makeTemporary, readFigures, startMeasuring } from './run-measure.ts'

const temporary = makeTemporary()
const few = ['--only', 'leased-cache,jwt-hs256,jwt-denylist-database']

describe('should-i-use-jwt measure on SQLite', () => {
  after(() => temporary.remove())

  it('measures, says what it found, and leaves nothing', async () => {
    const { path, remove } = makeTemporary()
    const json = join(path, 'figures.json')
    try {
      const measuring = startMeasuring(temporary.path, [...few, '--rps', '50', '--json', json])
      const { code, output, errors } = await measuring.ended
      assert.equal(code, 0, errors)
      assert.match(output, /^This database answers [\d,]+ verifications a second/m)
      assert.match(output, /^Your 50 a second are/m)
      assert.match(output, /^10,000 a second would be/m)
      assert.deepEqual(readdirSync(temporary.path), [])

      const { contenders, saturation, noise } = readFigures(json)
      const byId = Object.fromEntries(contenders.map((contender) => [contender.id, contender]))
      assert.deepEqual(Object.keys(byId).sort(), [
        'jwt-denylist-database',
        'jwt-hs256',
        'leased-cache',
        'opaque-database',
      ])
      assert.ok(saturation.perSecond > 0 && noise.low > 0)

      const opaque = byId['opaque-database']
      const { missing, junk, expired, unknown, authenticated, orders } = opaque?.statements ?? {}
      assert.deepEqual({ missing, junk, expired }, { missing: 0, junk: 0, expired: 0 })
      assert.deepEqual(
        { unknown, authenticated, orders },
        { unknown: 1, authenticated: 1, orders: 2 },
      )
      assert.equal(byId['leased-cache']?.statements.authenticated, 0)
      assert.equal(byId['jwt-denylist-database']?.statements.authenticated, 1)

      for (const id of ['opaque-database', 'leased-cache', 'jwt-denylist-database']) {
        assert.ok(byId[id]?.isRevocationWaitedFor, id)
      }
      const left = byId['jwt-hs256']?.revocationSeconds ?? []
      assert.equal(byId['jwt-hs256']?.isRevocationWaitedFor, false)
      assert.ok(
        left.every((seconds) => seconds > 800 && seconds <= 900),
        'the life that is left',
      )
    } finally {
      remove()
    }
  })

  it('measures beside the file that is named, and does not touch it', async () => {
    const { path, remove } = makeTemporary()
    const file = join(path, 'app.db')
    const database = new DatabaseSync(file)
    database.exec("create table notes (text); insert into notes values ('mine')")
    database.close()
    const before = readFileSync(file)
    try {
      const args = ['--only', 'opaque-database', '--database', file, '--yes']
      const { code, errors } = await startMeasuring(temporary.path, args).ended
      assert.equal(code, 0, errors)
      assert.deepEqual(readFileSync(file), before)
      assert.deepEqual(readdirSync(path), ['app.db'])
    } finally {
      remove()
    }
  })

  it('leaves nothing after Ctrl-C', async () => {
    const { child, says, ended } = startMeasuring(temporary.path, few)
    await says('Signing in')
    assert.equal(readdirSync(temporary.path).length, 1)
    child.kill('SIGINT')
    const { code, errors } = await ended
    assert.equal(code, 130, errors)
    assert.deepEqual(readdirSync(temporary.path), [])
  })

  it('removes what a killed run has left, but nothing of a run that goes on', async () => {
    const killed = startMeasuring(temporary.path, few)
    await killed.says('Signing in')
    killed.child.kill('SIGKILL')
    await killed.ended
    const [left] = readdirSync(temporary.path)
    assert.ok(left)

    const running = startMeasuring(temporary.path, few)
    await running.says('Signing in')
    const [own = '', ...more] = readdirSync(temporary.path)
    assert.deepEqual([own === left, more], [false, []])

    const args = ['--only', 'opaque-database']
    const { code, errors } = await startMeasuring(temporary.path, args).ended
    assert.equal(code, 0, errors)
    assert.deepEqual(readdirSync(temporary.path), [own])
    running.child.kill('SIGTERM')
    assert.equal((await running.ended).code, 143)
    assert.deepEqual(readdirSync(temporary.path), [])
  })

  it('asks before it writes, and refuses if there is nobody to ask', async () => {
    const { path, remove } = makeTemporary()
    try {
      const file = join(path, 'app.db')
      new DatabaseSync(file).close()
      const { code, errors } = await startMeasuring(temporary.path, ['--database', file]).ended
      assert.equal(code, 2)
      assert.match(errors, /--yes/)
    } finally {
      remove()
    }
  })

  it('says what is wrong with its arguments, without the password in a URL', async () => {
    for (const [args, message] of [
      [['--sessions', 'many'], /--sessions must be from 100 to/],
      [['--concurrency', '1,x'], /--concurrency takes/],
      [['--only', 'magic'], /--only knows no "magic"/],
      [['--database', 'oracle://me:hunter2@host/x'], /--database takes/],
      [['--valkey', 'host:1'], /--valkey takes/],
      [['--json', '/nowhere/at/all.json'], /--json: there is no directory/],
    ] as const) {
      const { code, errors } = await startMeasuring(temporary.path, args).ended
      assert.equal(code, 2)
      assert.match(errors, message)
      assert.doesNotMatch(errors, /hunter2/)
    }
  })
})
