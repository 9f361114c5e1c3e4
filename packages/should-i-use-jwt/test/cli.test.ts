// The command as people run it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

const cli = join(import.meta.dirname, '../src/cli.ts')
const corpus = join(import.meta.dirname, 'corpus')

function run(args: readonly string[], input = '') {
  const command = ['--conditions=cloakroom-source', cli, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: corpus,
    encoding: 'utf8',
    input,
  })
  return { status, stdout, stderr }
}

test('the first line is the answer, and a pipe gets no colours and no progress', () => {
  const { status, stdout, stderr } = run(['mongo-blog-cookies'])
  assert.equal(status, 0)
  assert.equal(stdout.split('\n')[0], 'No.')
  assert.equal(stdout.includes('\u001B'), false)
  assert.equal(stderr, '')
})

test('each finding has a place in the code, and a link to what to do', () => {
  const { stdout } = run(['mongo-blog-cookies'])
  assert.match(stdout, /util\/jwt\.js:3 {2}the key is written here/)
  assert.match(stdout, /docs\/should-i-use-jwt\.md#secret-in-source/)
})

test('no secret of the project is in any report', () => {
  for (const format of [[], ['--json'], ['--sarif']]) {
    const { stdout } = run(['mongo-blog-cookies', ...format])
    assert.equal(/access-secret|refresh-secret/.test(stdout), false)
  }
})

test('--json has the verdict and all boxes', () => {
  const { stdout } = run(['mongo-blog-cookies', '--json', '--rps', '300'])
  const { verdict, items } = JSON.parse(stdout)
  assert.equal(verdict, 'no')
  assert.deepEqual(
    items.map(({ id }: { id: number }) => id),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  assert.equal(items[7].requestsPerSecond, 300)
})

test('--sarif names a rule, a file and a line for each bug', () => {
  const { stdout } = run(['mongo-blog-cookies', '--sarif'])
  const { version, runs } = JSON.parse(stdout)
  assert.equal(version, '2.1.0')
  const [{ tool, results }] = runs
  assert.ok(results.length >= 5)
  for (const { ruleId, ruleIndex, locations } of results) {
    assert.equal(tool.driver.rules[ruleIndex].id, ruleId)
    const { artifactLocation, region } = locations[0].physicalLocation
    assert.equal(artifactLocation.uri, 'util/jwt.js')
    assert.ok(region.startLine >= 1)
  }
})

test('--fail-on decides about the exit code', () => {
  assert.equal(run(['mongo-blog-cookies', '--fail-on', 'no']).status, 1)
  assert.equal(run(['mongo-blog-cookies', '--fail-on', 'none-possible']).status, 0)
  assert.equal(run(['mongo-blog-cookies', '--fail-on', 'bugs,no-jwt']).status, 1)
  assert.equal(run(['near-own-verify', '--fail-on', 'bugs']).status, 0)
})

test('what is written wrongly is said, with 2', () => {
  for (const args of [
    ['nowhere'],
    ['--fail-on', 'everything'],
    ['--rps', 'many'],
    ['--json', '--sarif'],
    ['--colour'],
    ['near-own-verify', 'mongo-blog-cookies'],
    ['questions', 'please'],
    ['measure', '--sessions', 'many'],
  ]) {
    const { status, stdout, stderr } = run(args)
    assert.equal(status, 2, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, /--help/)
  }
})

test('questions: the same rules, and an early end is "I don’t know"', () => {
  assert.match(run(['questions'], 'n\ny\n').stdout, /\nNo\.\n/)
  assert.match(run(['questions'], 'y\n').stdout, /\nYour provider's choice\.\n/)
  assert.match(run(['questions'], '').stdout, /\nProbably no\.\n/)
  assert.match(run(['questions'], 'n\nn\nn\nn\nn\ny\ny\ny\n').stdout, /\nYou have the large design/)
  assert.match(run(['questions'], 'n\ny\nn\nn\nn\nn\nn\nn\ny\n').stdout, /\nPerhaps\.\n/)
})

describe('--measured, which measure --json has written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-measured-'))
  after(() => rmSync(folder, { recursive: true }))

  function write(change: object = {}): string {
    const file = join(folder, 'measured.json')
    const measured = {
      ...{ date: '2026-11-24T08:00:00.000Z', database: 'postgres://me@db/app', isQuick: false },
      ...{ machine: { cores: 2 }, saturation: { perSecond: 25_000, isStillRising: false } },
    }
    writeFileSync(file, JSON.stringify({ ...measured, ...change }))
    return file
  }

  test('a rate above the measured one makes it "Perhaps", with the figures', () => {
    const args = ['mongo-blog-cookies', '--rps', '50000', '--measured', write()]
    const { status, stdout } = run([...args, '--fail-on', 'perhaps'])
    assert.equal(status, 1)
    assert.equal(stdout.split('\n')[0], 'Perhaps.')
    const said = stdout.replaceAll(/\s+/g, ' ')
    assert.match(said, /50,000 requests a second are more than the 25,000 that/)
    assert.match(said, /You are hitting the database anyway/)
    assert.match(said, /10,000 a second would be 40 %; that decides nothing/)
    const { verdict, measured } = JSON.parse(run([...args, '--json']).stdout)
    assert.deepEqual([verdict, measured.saturation], ['perhaps', 25_000])
  })

  test('a rate below it decides nothing, even above 10,000, nor does one that nobody measured', () => {
    const below = run(['mongo-blog-cookies', '--rps', '20000', '--measured', write()]).stdout
    assert.equal(below.split('\n')[0], 'No.')
    assert.match(below, /Yours: 20,000 a second, 80 % of that/)
    assert.equal(run(['mongo-blog-cookies', '--rps', '50000']).stdout.split('\n')[0], 'No.')
  })

  test('the rate may be in the file, and is needed; quick runs and other files are refused', () => {
    const args = ['mongo-blog-cookies', '--measured']
    const given = run([...args, write({ rps: 30_000 })])
    assert.equal(given.stdout.split('\n')[0], 'Perhaps.')
    for (const change of [{}, { isQuick: true, rps: 1 }, { saturation: 1 }, { machine: null }]) {
      const { status, stderr } = run([...args, write(change)])
      assert.equal(status, 2, JSON.stringify(change))
      assert.match(stderr, /--rps|--quick|not what should-i-use-jwt measure --json writes/)
    }
    assert.equal(run([...args, join(folder, 'nothing.json')]).status, 2)
    assert.equal(run([...args, cli]).status, 2)
  })
})
