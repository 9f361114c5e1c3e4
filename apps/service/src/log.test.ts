import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './log.ts'

function written(write: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = []
  write(
    createLog(
      (line) => void lines.push(line),
      () => Date.UTC(2030, 0, 2),
    ),
  )
  return lines
}

test('an event is one line of JSON', () => {
  const [line = ''] = written((log) => {
    log('authn_login_fail', { level: 'WARN', reason: 'wrong_password', userId: 'u1', ip: '::1' })
  })
  assert.ok(line.endsWith('}\n'))
  assert.deepEqual(JSON.parse(line), {
    datetime: '2030-01-02T00:00:00.000Z',
    appid: 'cloakroom',
    level: 'WARN',
    event: 'authn_login_fail',
    reason: 'wrong_password',
    user_id: 'u1',
    ip: '::1',
  })
})

test('what has no value is left out', () => {
  const [line = ''] = written((log) => log('user_created', { userId: undefined, ip: null }))
  assert.deepEqual(Object.keys(JSON.parse(line)), ['datetime', 'appid', 'level', 'event'])
})

test('a forged line break, a terminal escape and a right-to-left override stay text', () => {
  const attack = '\r\n{"event":"forged"}\u2028\u001b[31m\u009b31m\u007f\u202e'
  const lines = written((log) => log('malicious_csrf', { origin: attack }))
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /^[\x20-\x7e]+\n$/)
  assert.equal(JSON.parse(lines[0] ?? '').origin, attack)
})

test('a long value is cut', () => {
  const [line = ''] = written((log) => log('malicious_csrf', { origin: 'x'.repeat(100_000) }))
  assert.equal(JSON.parse(line).origin.length, 200)
})

test('an error is told of with its causes, and cut', () => {
  const error = new Error('outer', { cause: new Error('inner') })
  const [line = ''] = written((log) => log('sys_crash', { level: 'ERROR', error }))
  assert.match(JSON.parse(line).error, /outer[\s\S]*inner/)
  const [long = ''] = written((log) => log('sys_crash', { error: new Error('x'.repeat(9000)) }))
  assert.equal(JSON.parse(long).error.length, 2000)
})
