import assert from 'node:assert/strict'
import { it } from 'node:test'
import { table } from './table.ts'

it('columns are under each other, whatever their colour, without a space at the end', () => {
  const bold = (text: string) => `*${text}*`
  const lines = [
    [{ text: 'NAME', paint: bold }, { text: 'N' }],
    [{ text: '🦊' }, { text: '10' }],
    [{ text: 'longer' }, { text: '' }],
  ]
  assert.equal(table(lines), '*NAME*    N\n🦊       10\nlonger')
  assert.equal(table([]), '')
})
