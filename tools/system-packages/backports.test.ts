import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { backportsOf } from './backports.ts'

const release = `Types: deb
URIs: https://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg`

describe('the backports of a release', () => {
  it('are on its mirror, with its key', () => {
    assert.equal(
      backportsOf(`# a comment\n${release}\n`, 'bookworm').trim(),
      `# a comment\n${release.replace('bookworm bookworm-updates', 'bookworm-backports')}`,
    )
  })

  it('are found in the old form, too', () => {
    const line = (suite: string) => `deb [arch=amd64] http://mirror.example/debian/ ${suite} main`
    assert.equal(
      backportsOf(`${line('bookworm')}\n${line('bookworm-updates')}\n`, 'bookworm').trim(),
      line('bookworm-backports'),
    )
  })

  for (const [title, sources] of [
    ['the security updates', release.replace('/debian', '/debian-security')],
    ['another release', release.replace(/Suites:.*/, 'Suites: trixie')],
    ['another project, in the old form', 'deb https://mirror.example/debian bookworm stable'],
    ['another project', release.replace('main contrib', 'stable')],
    ['a file without sources', ''],
  ] as const) {
    it(`are not made up from ${title}`, () => {
      assert.equal(backportsOf(sources, 'bookworm'), '')
    })
  }
})
