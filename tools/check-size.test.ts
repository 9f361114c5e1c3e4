import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSize } from './check-size.ts'
import { withTemporaryTree } from './testing/temporary-tree.ts'

const lines = (count: number) => 'x\n'.repeat(count)

describe('size', () => {
  it('allows 400 lines, in every kind of source', () => {
    assert.deepEqual(check({ 'packages/a/src/b.ts': lines(400), 'tools/c.mjs': lines(400) }), [])
  })

  for (const file of ['packages/a/src/b.ts', 'apps/a/test/b.test.ts', 'tools/b.mjs']) {
    it(`refuses 401 lines in ${file}`, () => {
      assert.deepEqual(check({ [file]: lines(401) }), [
        `${file} has 401 lines; at most 400 are allowed`,
      ])
    })
  }

  it('does not look at dependencies', () => {
    const files = { 'packages/a/src/node_modules/utils/b.js': lines(401), 'tools/c.mjs': '' }
    assert.deepEqual(check(files), [])
  })

  it('fails where there is nothing to look at', () => {
    assert.equal(check({ 'README.md': '' }).length, 1)
  })
})

describe('names', () => {
  for (const path of [
    'src/utils/b.ts',
    'src/utils.ts',
    'src/helper.test.ts',
    'src/test-helpers.ts',
    'src/SessionManager.ts',
    'src/session-manager.ts',
    'src/managers/b.ts',
  ]) {
    it(`refuses ${path}`, () => {
      assert.match(check({ [`packages/a/${path}`]: '' }).join('\n'), /says nothing/)
    })
  }

  it('allows words that only contain one of them', () => {
    assert.deepEqual(check({ 'packages/a/src/management.ts': '', 'tools/utility-pole.ts': '' }), [])
  })
})

function check(files: Readonly<Record<string, string>>): string[] {
  return withTemporaryTree(files, checkSize)
}
