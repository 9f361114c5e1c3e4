import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { withTemporaryTree } from './temporary-tree.ts'

const header = "import { describe, it, test } from 'node:test'\n"

describe('the report of a stage', () => {
  it('counts tests, not suites, and tests that are defined elsewhere', () => {
    const { outcome, output } = report({
      'shared.ts': `${header}export const shared = () => test('shared', () => {})`,
      'a.test.ts': `${header}import { shared } from './shared.ts'
        shared()
        describe('suite', () => { it('one', () => {}); it('two', () => {}) })`,
    })
    assert.deepEqual(outcome, { passed: 3, failed: 0, skipped: 0 })
    assert.match(output, /^ok {5}.*a\.test\.ts: 3 passed, 0 failed/m)
  })

  it('tells a failure by its whole name, with the error and its cause', () => {
    const { outcome, output } = report({
      'a.test.ts': `${header}describe('suite', () => {
        it('fails', () => { throw new Error('what', { cause: new Error('why') }) })
      })`,
    })
    assert.deepEqual(outcome, { passed: 0, failed: 1, skipped: 0 })
    assert.match(output, /✗ suite › fails \(.*a\.test\.ts:3\)/)
    assert.match(output, /Error: what/)
    assert.match(output, /caused by Error: why/)
  })

  it('shows what a file wrote only if it failed', () => {
    const source = (body: string) => `${header}test('t', () => { console.log('noise'); ${body} })`
    assert.doesNotMatch(report({ 'a.test.ts': source('') }).output, /noise/)
    assert.match(report({ 'a.test.ts': source('throw 1') }).output, /\| noise/)
  })

  it('counts what is skipped, and says why', () => {
    const { outcome, output } = report({
      'a.test.ts': `${header}test('s', { skip: 'no server' }, () => {})
        test('t', { todo: 'later' }, () => { throw new Error() })`,
    })
    assert.deepEqual(outcome, { passed: 0, failed: 0, skipped: 2 })
    assert.match(output, /skipped: s \(.*\): no server/)
    assert.match(output, /skipped: t \(.*\): later/)
  })

  for (const [title, source, passed] of [
    ['has no test', 'export {}', 0],
    ['cannot be loaded', "import './nothing.ts'", 0],
    ['does not parse', 'test(', 0],
    [
      'fails after its tests',
      `${header}test('t', () => {}); process.on('exit', () => { process.exitCode = 3 })`,
      1,
    ],
    ['dies in its tests', `${header}test('t', () => { process.kill(process.pid, 'SIGKILL') })`, 0],
  ] as const) {
    it(`fails a file that ${title}`, () => {
      const { outcome } = report({
        'a.test.ts': source,
        'b.test.ts': `${header}test('t', () => {})`,
      })
      assert.deepEqual(outcome, { passed: passed + 1, failed: 1, skipped: 0 })
    })
  }
})

// In a process of its own, because node:test refuses to run inside of itself.
function report(files: Readonly<Record<string, string>>) {
  const reporter = pathToFileURL(join(import.meta.dirname, 'test-report.ts'))
  const script = `
    import { run } from 'node:test'
    import { reportTests } from '${reporter}'
    const files = process.argv.slice(2)
    console.log(JSON.stringify(await reportTests(run({ files, concurrency: 2 }))))`
  const tree = { ...files, 'run.js': script, 'package.json': '{"type": "module"}' }
  return withTemporaryTree(tree, (root) => {
    const tests = Object.keys(files).filter((file) => file.endsWith('.test.ts'))
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const args = ['run.js', ...tests].map((file) => join(root, file))
    const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
    const lines = stdout.trim().split('\n')
    const outcome: unknown = JSON.parse(lines.pop() || JSON.stringify(stderr))
    return { outcome, output: lines.join('\n') }
  })
}
