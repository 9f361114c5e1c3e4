import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkLinks } from './check-links.ts'
import { withTemporaryTree } from './testing/temporary-tree.ts'

const page = '# A page\n\n## What it `does`, and why\n\n## Twice\n\n## Twice\n'

describe('links', () => {
  const good = [
    '[there](docs/page.md)',
    '[a heading](docs/page.md#what-it-does-and-why)',
    '[the second one](docs/page.md#twice-1)',
    '[here](#welcome)',
    '[elsewhere](https://example.com/missing)',
    '`[code](missing.md)`',
    '```md\n[code](missing.md)\n```',
  ]
  for (const text of good) {
    it(`are right: ${text}`, () => assert.deepEqual(check(text), []))
  }

  const bad = ['missing.md', 'docs/page.md#missing', '#missing', 'docs/page.md#twice-2']
  for (const link of bad) {
    it(`lead nowhere: ${link}`, () => {
      assert.deepEqual(check(`[text](${link})`), [`README.md: ${link} leads nowhere`])
      assert.deepEqual(check(`[text]: ${link}`), [`README.md: ${link} leads nowhere`])
    })
  }

  it('fail where there is nothing to look at', () => {
    assert.equal(withTemporaryTree({ 'a.ts': '' }, checkLinks).length, 1)
  })
})

function check(text: string): string[] {
  return withTemporaryTree(
    { 'README.md': `# Welcome\n${text}\n`, 'docs/page.md': page },
    checkLinks,
  )
}
