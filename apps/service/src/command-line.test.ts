import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommandLine } from './command-line.ts'
import { ConfigError } from './config.ts'

test('there is one process unless more are asked for', () => {
  assert.deepEqual(readCommandLine([]), { workers: 1 })
  assert.deepEqual(readCommandLine(['--workers', '4']), { workers: 4 })
  assert.deepEqual(readCommandLine(['--workers=64']), { workers: 64 })
})

test('anything else is refused', () => {
  for (const args of [
    ['--workers'],
    ['--workers', '0'],
    ['--workers', '65'],
    ['--workers', '-1'],
    ['--workers', 'auto'],
    ['--workers', '1.5'],
    ['--workers='],
    ['--port', '80'],
    ['4'],
  ]) {
    assert.throws(() => readCommandLine(args), ConfigError, args.join(' '))
  }
})
