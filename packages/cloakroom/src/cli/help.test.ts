import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commands } from './commands/commands.ts'
import { exitCodes } from './exit-codes.ts'
import { helpText } from './help.ts'
import { parseArguments } from './parse-arguments.ts'

const texts = [helpText(commands), ...commands.map((command) => helpText([command]))]

describe('helpText', () => {
  it('fits into a hundred columns, and has no space at the end of a line', () => {
    for (const line of texts.flatMap((text) => text.split('\n'))) {
      assert.ok(line.length <= 100, line)
      assert.equal(line, line.trimEnd())
    }
  })

  it('shows examples that can be typed', () => {
    const examples = commands.flatMap(({ examples }) => examples)
    assert.ok(examples.length >= commands.length)
    for (const example of examples) {
      assert.equal(parseArguments(example.split(' '), commands).kind, 'run', example)
    }
  })

  it('names every option of a command, and how to say which database', () => {
    for (const command of commands) {
      const text = helpText([command])
      for (const name of [...command.options, 'json', 'config', 'database', 'id-type', 'schema']) {
        assert.match(text, new RegExp(`--${name}\\b`), command.summary)
      }
      assert.match(text, /DATABASE_URL/)
    }
  })

  it('names every exit code', () => {
    for (const code of Object.values(exitCodes)) {
      assert.match(helpText(commands), new RegExp(`^  ${code} `, 'm'))
    }
  })
})
