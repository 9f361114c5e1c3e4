import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { findFiles } from './find-files.ts'

function project(t: { after(fn: () => void): void }, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'should-i-use-jwt-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

test('what Git ignores is not read, and an inner .gitignore overrides an outer one', (t) => {
  const root = project(t, {
    '.gitignore': 'generated/\n*.local.js\n',
    'a.js': '',
    'b.local.js': '',
    'generated/c.js': '',
    'inner/.gitignore': '!*.local.js\nd.js\n',
    'inner/d.js': '',
    'inner/e.local.js': '',
  })
  assert.deepEqual(findFiles(root).sources, ['a.js', 'inner/e.local.js'])
})

test('installed packages, builds, declarations and tests are not the project', (t) => {
  const root = project(t, {
    'a.test.ts': '',
    'b.d.ts': '',
    'c.mts': '',
    'dist/d.js': '',
    'node_modules/e/index.js': '',
    'f.vue': '',
    'package.json': '{}',
  })
  const found = findFiles(root)
  assert.deepEqual(found.sources, ['c.mts'])
  assert.deepEqual(found.notRead, ['f.vue'])
  assert.deepEqual(found.manifests, ['package.json'])
})
