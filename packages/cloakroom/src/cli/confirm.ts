import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { CommandError } from './command-error.ts'
import { printable } from './output/printable.ts'

export interface Question {
  /**
   * Without a question mark. Made only when there is somebody to ask; `undefined`: as it turns out,
   * there is nothing to ask about.
   */
  readonly text: () => string | undefined | Promise<string | undefined>
  /** What has to be typed. Default: yes. */
  readonly word?: string
}

/**
 * Asks before what cannot be undone.
 * @throws {CommandError} `not_confirmed`
 */
export type Confirm = (question: Question) => Promise<void>

export interface Conversation {
  readonly isConfirmed: boolean
  readonly input: Readable & { readonly isTTY?: boolean }
  /** Not the output, which may be read by a program. */
  readonly output: Writable
}

export function createConfirm({ isConfirmed, input, output }: Conversation): Confirm {
  return async ({ text, word }) => {
    if (isConfirmed) return
    if (input.isTTY !== true) {
      throw new CommandError(
        'not_confirmed',
        'This cannot be undone, and there is no terminal to ask for confirmation: add --yes',
      )
    }
    const question = await text()
    if (question === undefined) return
    const hint = word === undefined ? '? [y/N] ' : `. Type ${word} to go on: `
    output.write(`${printable(question)}${hint}`)
    const answer = await readLine(input)
    const expected = word === undefined ? /^y(?:es)?$/i : new RegExp(`^${word}$`)
    if (answer !== undefined && expected.test(answer.trim())) return
    if (answer === undefined) output.write('\n')
    throw new CommandError('not_confirmed', 'Nothing was done')
  }
}

/** `undefined`: the input ended. */
async function readLine(input: Readable): Promise<string | undefined> {
  // Left to the terminal itself, Ctrl-C ends the process as it would at any other moment.
  const lines = createInterface({ input, terminal: false })
  try {
    for await (const line of lines) return line
    return undefined
  } finally {
    lines.close()
  }
}
