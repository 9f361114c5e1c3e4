// The corpus: each item right at least nine times in ten, and nothing raised where there is nothing.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  formatScore,
  precisionOf,
  type Result,
  recallOf,
  scanCorpus,
  scoreResults,
} from './score.ts'

const least = 0.9
const mostUnknown = 0.15

const ours = scanCorpus(join(import.meta.dirname, 'corpus'))
const independent = scanCorpus(join(import.meta.dirname, 'corpus-independent'))

test('every file of the corpus can be parsed', () => {
  const broken = [...ours, ...independent].flatMap((each) => each.broken)
  assert.deepEqual(broken, [])
})

for (const [name, results] of Object.entries({ 'our own': ours, 'the independent': independent })) {
  test(`precision and recall of each item on ${name} corpus`, (t) => {
    const score = scoreResults(results)
    t.diagnostic(`${results.length} projects`)
    for (const line of formatScore(score).split('\n')) t.diagnostic(line)
    for (const line of score.mistakes) t.diagnostic(line)
    for (const [item, count] of score.counts) {
      const message = `item ${item}\n${score.mistakes.join('\n')}`
      assert.ok(precisionOf(count) >= least, message)
      assert.ok(recallOf(count) >= least, message)
      assert.ok(count.unknown <= count.units * mostUnknown, message)
    }
  })
}

test('the near misses raise nothing', () => {
  const misses = [...ours, ...independent].filter(({ expected }) => expected.verdict === 'no-jwt')
  assert.ok(misses.length >= 6)
  for (const { project, checklist } of misses) {
    assert.notEqual(checklist.authentication.answer, 'yes', project)
    assert.equal(checklist.bugs, undefined, project)
  }
})

test('the verdict is right nine times in ten', () => {
  const isRight = ({ verdict, expected }: Result) => verdict.kind === expected.verdict
  const all = [...ours, ...independent]
  const wrong = all.filter((each) => !isRight(each)).map(({ project }) => project)
  assert.ok(wrong.length <= all.length * (1 - least), wrong.join())
})
