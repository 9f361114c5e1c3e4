import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ArgumentError, parseArguments } from './arguments.ts'
import type { Scenario } from './scenario.ts'

const scenario: Scenario = {
  name: 'a-scenario',
  question: 'How long?',
  run: () => Promise.reject(new Error('not to be run')),
}

describe('the arguments', () => {
  it('are a scenario with its options', () => {
    const json = join(tmpdir(), 'figures.json')
    const typed = ['a-scenario', '--sessions', '500', '--quick', '--seed=7', '--json', json]
    assert.deepEqual(parseArguments(typed, [scenario]), {
      scenario,
      sessions: 500,
      quick: true,
      seed: 7,
      json,
    })
  })

  it('may be none, which asks for the list', () => {
    assert.equal(parseArguments([], [scenario]).scenario, undefined)
  })

  const wrong = [
    ['no-scenario'],
    ['a-scenario', 'another'],
    ['a-scenario', '--rounds', '3'],
    ['a-scenario', '--sessions'],
    ['a-scenario', '--sessions', '9'],
    ['a-scenario', '--sessions', '1e3'],
    ['a-scenario', '--sessions', '-5'],
    ['a-scenario', '--seed', '4294967296'],
    ['a-scenario', '--json', ''],
    ['a-scenario', '--json', join(tmpdir(), 'no', 'such', 'directory', 'figures.json')],
  ]
  for (const typed of wrong) {
    it(`are refused: ${typed.map((part) => part || "''").join(' ')}`, () => {
      assert.throws(() => parseArguments(typed, [scenario]), ArgumentError)
    })
  }
})
