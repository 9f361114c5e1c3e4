import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commands } from './commands/commands.ts'
import { parseArguments } from './parse-arguments.ts'

const parse = (...typed: string[]) => parseArguments(typed, commands)

function parseRun(...typed: string[]) {
  const parsed = parse(...typed)
  assert.ok(parsed.kind === 'run')
  return { ...parsed, command: parsed.command.words.join(' ') }
}

function assertRefused(typed: readonly string[], message: RegExp): void {
  assert.throws(() => parse(...typed), { code: 'usage', message })
}

describe('parseArguments', () => {
  it('takes options before, between and after the words', () => {
    const expected = {
      kind: 'run',
      command: 'sessions revoke-all',
      parameters: ['42'],
      options: { config: 'auth.ts', yes: true, json: true },
    }
    for (const typed of [
      ['sessions', 'revoke-all', '42', '--config', 'auth.ts', '--yes', '--json'],
      ['--config=auth.ts', '-y', '--json', 'sessions', 'revoke-all', '42'],
      ['sessions', '--json', 'revoke-all', '-y', '42', '--config', 'auth.ts'],
    ]) {
      assert.deepEqual(parseRun(...typed), expected)
    }
  })

  it('takes a user id that begins with - after --', () => {
    assert.deepEqual(parseRun('users', 'show', '--', '-5').parameters, ['-5'])
  })

  it('suggests the option and the command that were probably meant', () => {
    assertRefused(['stats', '--jsno'], /no option --jsno\. Did you mean --json\?/)
    assertRefused(['stats', '--databse', 'x'], /Did you mean --database\?/)
    assertRefused(['stats', '-j'], /no option -j$/)
    assertRefused(['stats', '--nothing-of-that-kind'], /no option --nothing-of-that-kind$/)
    assertRefused(['migrat'], /no such command\. Did you mean migrate\?/)
    assertRefused(['session', 'list'], /Did you mean sessions list\?/)
    assertRefused(['sessions', 'revokeall', '42'], /Did you mean sessions revoke-all\?/)
    assertRefused(['sessions'], /Which: sessions list, sessions revoke, sessions revoke-all\?/)
    assertRefused(['users', 'ban', '42'], /no such command\. Which: users show, users block, /)
    assertRefused(['session'], /Did you mean sessions\?/)
    assertRefused(['launch'], /no such command$/)
    assertRefused([], /Name a command/)
  })

  it('refuses what a command has no use for', () => {
    assertRefused(['stats', '--yes'], /--yes is not for stats/)
    assertRefused(['users', 'block', '42', '--everybody'], /--everybody is not for users block/)
    assertRefused(['users', 'block'], /users block needs a <user-id>/)
    assertRefused(['users', 'block', '1', '2'], /users block takes no more than <user-id>$/)
    assertRefused(['stats', '42'], /stats takes no argument$/)
  })

  it('never takes an option for the value of the one before it', () => {
    assertRefused(['stats', '--config', '--json'], /--config needs a value/)
    assertRefused(['stats', '--config'], /--config needs a value/)
    assertRefused(['stats', '--config='], /--config needs a value/)
    assert.equal(parseRun('migrate', '--active=-1 < id').options.active, '-1 < id')
  })

  it('refuses a value for what takes none, and an option that is given twice', () => {
    assertRefused(['stats', '--json=no'], /--json takes no value/)
    assertRefused(['stats', '--config', 'a.ts', '--config', 'b.ts'], /--config is given twice/)
  })

  it('repeats no value: a token or a password may be pasted in the wrong place', () => {
    const secret = 'cloak_hunter2'
    for (const typed of [
      [secret],
      ['sessions', secret],
      ['stats', secret],
      ['stats', `--json=${secret}`],
      [`--nothing=${secret}`],
      ['users', 'block', '1', secret],
    ]) {
      assert.throws(
        () => parse(...typed),
        (error: Error) => !error.message.includes('hunter2'),
      )
    }
  })

  it('helps with a command, with a group of them and with all', () => {
    const about = (...typed: string[]) => {
      const parsed = parse(...typed)
      assert.ok(parsed.kind === 'help')
      return parsed.commands.map(({ words }) => words.join(' '))
    }
    assert.deepEqual(about('users', 'block', '--help'), ['users block'])
    assert.deepEqual(about('users', 'block', '42', '-h', '--yes'), ['users block'])
    assert.deepEqual(about('users', '-h'), ['users show', 'users block', 'users unblock'])
    assert.equal(about('--help').length, commands.length)
    assert.equal(parse('--version').kind, 'version')
  })
})
