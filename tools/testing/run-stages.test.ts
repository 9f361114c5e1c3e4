import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseOptions, UsageError } from './options.ts'
import { runStages } from './run-stages.ts'
import { failedOnce, type Outcome, type Stage } from './stage.ts'
import { summaryLines } from './summary.ts'

describe('the stages', () => {
  it('all run, in order, and a failure stops nothing', async () => {
    const { ran, lines } = await runWith([])
    assert.deepEqual(ran, ['types', 'unit', 'browser'])
    assert.equal(lines.at(-1), '13 passed, 3 failed, 1 skipped')
    assert.equal(lines.at(-2), 'Failed: types, browser')
  })

  it('can be chosen', async () => {
    assert.deepEqual((await runWith(['--only', 'unit,browser'])).ran, ['unit', 'browser'])
    assert.deepEqual((await runWith(['--only', 'unit', '--only', 'types'])).ran, ['types', 'unit'])
  })

  it('can be switched off, which the summary tells in words', async () => {
    const { ran, lines } = await runWith(['--without', 'browser'])
    assert.deepEqual(ran, ['types', 'unit'])
    assert.ok(lines.includes('browser  switched off by --without: about browser'))
    assert.equal(lines.at(-1), '11 passed, 1 failed, 1 skipped')
  })

  it('run only where test files match, if that is asked', async () => {
    assert.deepEqual((await runWith(['--match', 'sqlite'])).ran, ['unit'])
  })

  it('are told as not reached after an interruption', async () => {
    const { ran, lines } = await runWith([], AbortSignal.abort())
    assert.deepEqual(ran, [])
    assert.ok(lines.includes('unit     not reached: about unit'))
    assert.equal(lines.at(-1), '0 passed, 0 failed')
  })

  it('count as failed when they throw', async () => {
    const run = () => Promise.reject(new Error('no'))
    const stage: Stage = { name: 'types', about: '', run }
    const options = parseOptions([], [stage])
    const [result] = await runStages([stage], options, new AbortController().signal)
    assert.deepEqual(result?.outcome, failedOnce)
  })

  for (const args of [
    ['--only', 'nothing'],
    ['--without', 'nothing'],
    ['--only', 'unit', '--without', 'unit'],
    ['--match', 'nothing'],
    ['--unknown'],
    ['unit'],
  ]) {
    it(`are refused with ${args.join(' ')}`, async () => {
      await assert.rejects(runWith(args), UsageError)
    })
  }
})

async function runWith(args: readonly string[], signal = new AbortController().signal) {
  const ran: string[] = []
  const stage = (name: string, outcome: Outcome): Stage => ({
    name,
    about: `about ${name}`,
    run: () => {
      ran.push(name)
      return Promise.resolve(outcome)
    },
  })
  const stages = [
    stage('types', failedOnce),
    {
      ...stage('unit', { passed: 11, failed: 0, skipped: 1 }),
      matches: (part: string) => part === 'sqlite',
    },
    stage('browser', { passed: 2, failed: 2, skipped: 0 }),
  ]
  const options = parseOptions(args, stages)
  const results = await runStages(stages, options, signal)
  const isInterrupted = signal.aborted
  return { ran, lines: summaryLines({ stages, results, options, seed: '1', isInterrupted }) }
}
