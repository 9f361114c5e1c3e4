// `should-i-use-jwt questions`
import { createInterface } from 'node:readline'
import { askQuestions } from '../questions/questions.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

export const ask: Command = {
  async run(args, { input, output }) {
    if (args.length > 0) throw new UsageError('questions takes no arguments.')
    const write = (text: string): void => void output.write(text)
    // Read line by line, so that answers may come from a pipe as well, and may end early.
    const lines = createInterface({ input })
    const answers = lines[Symbol.asyncIterator]()
    try {
      await askQuestions(async (question) => {
        write(question)
        const { value, done } = await answers.next()
        return done ? undefined : value
      }, write)
      return exitCodes.done
    } finally {
      lines.close()
    }
  },
}
