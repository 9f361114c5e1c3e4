import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { createConfirm, type Question } from './confirm.ts'

interface Scene {
  readonly answer?: string
  readonly isTTY?: boolean
  readonly isConfirmed?: boolean
}

/** What is shown, and whether it was confirmed. */
async function converse(question: Question, { answer, isTTY = true, ...scene }: Scene) {
  const input = Object.assign(new PassThrough(), { isTTY })
  const output = new PassThrough().setEncoding('utf8')
  input.end(answer)
  const confirm = createConfirm({ isConfirmed: scene.isConfirmed === true, input, output })
  const outcome = await confirm(question).then(
    () => 'confirmed',
    ({ code }) => code,
  )
  return { outcome, shown: output.read() as string | null }
}

const block: Question = { text: () => 'Block user 42' }
const everybody: Question = { text: () => 'Sign everybody out', word: 'everybody' }

describe('confirm', () => {
  it('takes a yes, in short or in full, and nothing else', async () => {
    for (const answer of ['y\n', 'Y\n', 'yes\n', ' yes \r\n', 'y']) {
      assert.equal((await converse(block, { answer })).outcome, 'confirmed', answer)
    }
    for (const answer of ['\n', 'n\n', 'yes please\n', 'ye\n', '42\n', '\ny\n', '']) {
      assert.equal((await converse(block, { answer })).outcome, 'not_confirmed', answer)
    }
  })

  it('takes only the word, where one has to be typed', async () => {
    assert.equal((await converse(everybody, { answer: 'everybody\n' })).outcome, 'confirmed')
    for (const answer of ['y\n', 'yes\n', 'everybody!\n', '\n']) {
      assert.equal((await converse(everybody, { answer })).outcome, 'not_confirmed', answer)
    }
  })

  it('cannot be answered by a pipe', async () => {
    const { outcome, shown } = await converse(block, { answer: 'yes\n', isTTY: false })
    assert.equal(outcome, 'not_confirmed')
    assert.equal(shown, null)
  })

  it('asks nothing, and reads nothing for it, when it was confirmed with --yes', async () => {
    const unaskable = { text: () => assert.fail('was asked') }
    assert.equal((await converse(unaskable, { isConfirmed: true })).outcome, 'confirmed')
  })

  it('shows a device label that holds control characters as what it is', async () => {
    const { shown } = await converse({ text: () => 'End \x1b[2K(Firefox)' }, { answer: 'n\n' })
    assert.equal(shown, 'End \\u001b[2K(Firefox)? [y/N] ')
  })
})
