import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkLock } from './check-lock.ts'
import { withTemporaryTree } from './testing/temporary-tree.ts'

const sound = {
  '': { optionalDependencies: { 'tool-linux': '1.0.0' } },
  'node_modules/tool': { integrity: 'sha512-a', optionalDependencies: { 'tool-linux': '1.0.0' } },
  'node_modules/tool-linux': { integrity: 'sha512-b' },
  'node_modules/workspace': { resolved: 'packages/workspace', link: true },
  'packages/workspace': {},
}

describe('the lock file', () => {
  it('passes when it is complete', () => {
    assert.deepEqual(check(sound), [])
  })

  it('is refused without an entry for a platform', () => {
    const optionalDependencies = { 'tool-linux': '1.0.0', 'tool-plan9': '1.0.0' }
    const [problem = '', ...others] = check({
      ...sound,
      'node_modules/tool': { integrity: 'sha512-a', optionalDependencies },
    })
    assert.match(problem, /node_modules\/tool wants tool-plan9, which has no entry/)
    assert.deepEqual(others, [])
  })

  it('is refused without an integrity', () => {
    assert.match(check({ ...sound, 'node_modules/tool-linux': {} }).join(), /has no integrity/)
  })

  it('is refused when it names a registry', () => {
    const entry = { integrity: 'sha512-b', resolved: 'https://registry.example/tool-linux.tgz' }
    assert.match(check({ ...sound, 'node_modules/tool-linux': entry }).join(), /names a registry/)
  })
})

function check(packages: object): string[] {
  return withTemporaryTree({ 'package-lock.json': JSON.stringify({ packages }) }, checkLock)
}
