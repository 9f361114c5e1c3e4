import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seededRandom } from '../src/testing/random.ts'
import { fuzz } from './fuzz-run.ts'

it('no mutation of a token or of the headers around it gets in, throws or is a 5xx', async (test) => {
  const report = await fuzz(seededRandom(test), 200_000)
  // Otherwise the mutations would be too wild to say anything about the grammar.
  assert.ok(report.harmless > 1000, `only ${report.harmless} mutations were harmless`)
})
