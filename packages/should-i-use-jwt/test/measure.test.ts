import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { measure } from '../src/cli/measure.ts'
import { parseMeasureArguments } from '../src/measure/arguments.ts'
import { renderTerminal } from '../src/measure/report/terminal.ts'
import { makeTemporary, startMeasuring, toFigures } from './run-measure.ts'

const temporary = makeTemporary()
after(() => temporary.remove())

describe('should-i-use-jwt measure on SQLite', () => {
  const few = ['--only', 'leased-cache,jwt-hs256,jwt-denylist-database']

  it('measures beside the file that is named, which it does not touch, and says what it found', async () => {
    const { path, remove } = makeTemporary()
    const [file, html] = [join(path, 'app.db'), join(path, 'page.html')]
    const database = new DatabaseSync(file)
    database.exec("create table notes (text); insert into notes values ('mine')")
    database.close()
    const before = readFileSync(file)
    const args = [...few, '--database', file, '--yes', '--rps', '50', '--html', html, '--json']
    const figures = toFigures(await startMeasuring(temporary.path, args).ended)
    assert.deepEqual(readFileSync(file), before)
    assert.deepEqual(readdirSync(path).sort(), ['app.db', 'page.html'])
    assert.match(readFileSync(html, 'utf8'), /<svg.*<\/html>/s)
    remove()

    const { contenders, saturation, noise } = figures
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

    const report = renderTerminal(figures)
    assert.match(report, /^This database answers [\d,]+ verifications a second/m)
    assert.match(report, /^Your 50 a second are/m)
    assert.match(report, /^10,000 a second would be/m)
    assert.match(report, /^Who has logged out stays signed in with: JWT HS256 \(1\d(\.\d)? min\)/m)
    assert.match(report, /^Junk and expired tokens cost no statement with: opaque token in the/m)
    assert.match(report, /^Noise: /m)
  })

  it('leaves nothing after Ctrl-C', async () => {
    const measuring = startMeasuring(temporary.path, few)
    await measuring.says('Signing in')
    assert.equal(readdirSync(temporary.path).length, 1)
    measuring.pressCtrlC()
    const { code, errors } = await measuring.ended
    assert.equal(code, 130, errors)
    assert.deepEqual(readdirSync(temporary.path), [])
  })

  it('ends, and leaves nothing, when one of its processes does not survive', async () => {
    const measuring = startMeasuring(temporary.path, ['--only', 'opaque-database'])
    await measuring.says('Counting statements')
    const { pid } = measuring.child
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    process.kill(Number(child), 'SIGKILL')
    const { code, errors } = await measuring.ended
    assert.equal(code, 1)
    assert.match(errors, /opaque token in the database: its process ended with SIGKILL/)
    assert.deepEqual(readdirSync(temporary.path), [])
  })

  it('removes what a killed run has left, but nothing of one that goes on', async () => {
    const made = () => readdirSync(temporary.path)
    const killed = startMeasuring(temporary.path, few)
    await killed.says('Signing in')
    killed.child.kill('SIGKILL')
    await killed.ended
    const [left] = made()
    assert.ok(left)

    const running = startMeasuring(temporary.path, few)
    await running.says('Signing in')
    const [own = '', ...more] = made()
    assert.deepEqual([own === left, more], [false, []])
    // So that it is there for as long as the next one.
    running.child.kill('SIGSTOP')

    const next = startMeasuring(temporary.path, few)
    await next.says('Signing in')
    next.child.kill('SIGTERM')
    assert.equal((await next.ended).code, 143)
    assert.deepEqual(made(), [own])
    running.child.kill('SIGCONT')
    running.pressCtrlC()
    assert.equal((await running.ended).code, 130)
    assert.deepEqual(made(), [])
  })
})

describe('should-i-use-jwt measure asks before it writes', () => {
  // After the question, since it cannot begin.
  const nowhere = join(temporary.path, 'there-is-none.db')

  async function answer(typed: string, isTTY: boolean): Promise<[number | string, string]> {
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const said = text(errors)
    input.end(typed)
    const surroundings = {
      ...{ directory: temporary.path, environment: {}, output, errors },
      input: Object.assign(input, { isTTY }),
    }
    const result = await measure
      .run(['--database', nowhere], surroundings)
      .catch((error: Error) => error.message)
    errors.end()
    await once(errors, 'close')
    return [result, await said]
  }

  it('goes on after "y" only', async () => {
    for (const typed of ['n\n', '\n', 'never\n', '']) {
      const [code, said] = await answer(typed, true)
      assert.equal(code, 2)
      assert.match(said, /of its own at .*there-is-none\.db.*Go on\? \[y\/N\].*Nothing was done/s)
    }
    const [message] = await answer('y\n', true)
    assert.match(String(message), /there is no file/)
  })

  it('refuses if there is nobody to ask', async () => {
    const [code, said] = await answer('y\n', false)
    assert.equal(code, 2)
    assert.match(said, /--yes/)
  })

  it('says what is wrong with its arguments, without the password in a URL', () => {
    for (const [args, message] of [
      [['--sessions', 'many'], /--sessions must be from 100 to/],
      [['--concurrency', '1,x'], /--concurrency takes/],
      [['--only', 'magic'], /--only knows no "magic"/],
      [['--only', 'opaque-valkey'], /--only opaque-valkey needs --valkey/],
      [['--database', 'oracle://me:hunter2@host/x'], /--database takes/],
      [['--valkey', 'host:hunter2'], /--valkey takes/],
      [['--html', '/nowhere/at/all.html'], /--html: there is no directory/],
    ] as const) {
      assert.throws(
        () => parseMeasureArguments(args, {}),
        ({ code, message: said }: { code?: string; message: string }) =>
          code === 'usage' && message.test(said) && !said.includes('hunter2'),
      )
    }
  })
})
