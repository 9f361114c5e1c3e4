import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { test } from 'node:test'
import { root } from './root.ts'
import { stages } from './stages.ts'

test('every test file is in exactly one stage', () => {
  const files = globSync('{packages,apps,examples,tools}/**/*.test.ts', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  })
  assert.ok(files.length > 0)
  for (const file of files) {
    const itsStages = stages.filter((stage) => stage.matches?.(file) === true)
    assert.equal(itsStages.length, 1, `${file}: ${itsStages.map(({ name }) => name).join(', ')}`)
  }
})
