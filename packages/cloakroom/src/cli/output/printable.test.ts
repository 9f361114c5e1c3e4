import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printable, printableJson, withoutPasswords } from './printable.ts'

describe('printable', () => {
  it('lets nobody else’s text reach into the administrator’s terminal', () => {
    for (const [text, shown] of [
      ['\x1b]0;owned\x07', '\\u001b]0;owned\\u0007'],
      ['\x9b2J', '\\u009b2J'],
      ['a\r\nb', 'a\\u000d\\u000ab'],
      ['evil\u202egnp.exe', 'evil\\u202egnp.exe'],
      ['\u{e0041}', '\\udb40\\udc41'],
      ['\ud800', '\\ud800'],
      ['a\u2028b', 'a\\u2028b'],
      ['Zoë, 北京, 🦊', 'Zoë, 北京, 🦊'],
    ] as const) {
      assert.equal(printable(text), shown)
    }
  })

  it('escapes in JSON, too, and changes nothing of what it means', () => {
    const value = { device: '\x9b2J \u202e \u{e0041} 🦊 \n', list: ['\x1b'] }
    const json = printableJson(value)
    assert.doesNotMatch(json.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}]/u)
    assert.deepEqual(JSON.parse(json), value)
  })
})

describe('withoutPasswords', () => {
  it('hides the password of a URL, wherever a driver repeats it', () => {
    for (const [text, shown] of [
      ['no postgres://app:hunter2@db/app here', 'no postgres://app:***@db/app here'],
      ['redis://:hunter2@db:6379', 'redis://:***@db:6379'],
      ['mysql://app:hunter@2@db', 'mysql://app:***@db'],
      [
        'postgres://db/app?user=a&password=hunter2&x=1',
        'postgres://db/app?user=a&password=***&x=1',
      ],
      ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'],
      ['postgres://app@db/app', 'postgres://app@db/app'],
    ] as const) {
      assert.equal(withoutPasswords(text), shown)
    }
  })
})
