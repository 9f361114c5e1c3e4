import type { Readable, Writable } from 'node:stream'
import { loadApplication } from './application/load-application.ts'
import { commands } from './commands/commands.ts'
import { createConfirm } from './confirm.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { helpText } from './help.ts'
import { describeError } from './output/describe-error.ts'
import { printableJson } from './output/printable.ts'
import { packageVersion } from './package-version.ts'
import { parseArguments } from './parse-arguments.ts'

export interface Surroundings {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly input: Readable & { readonly isTTY?: boolean }
  /** Results, and nothing else. */
  readonly output: Writable
  /** Questions, warnings and errors. */
  readonly errors: Writable
}

/** Does what was typed, and returns the exit code. */
export async function run(typed: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await execute(typed, surroundings)
  } catch (error) {
    surroundings.errors.write(`${describeError(error)}\n`)
    return exitCodeOf(error)
  }
}

async function execute(typed: readonly string[], surroundings: Surroundings): Promise<number> {
  const { directory, environment, input, output, errors } = surroundings
  const print = (text: string) => output.write(`${text}\n`)
  const parsed = parseArguments(typed, commands)
  if (parsed.kind !== 'run') {
    print(parsed.kind === 'help' ? helpText(parsed.commands) : packageVersion())
    return exitCodes.done
  }
  const { command, parameters, options } = parsed
  const warn = (message: string) => errors.write(`cloakroom: ${message}\n`)
  const application = await loadApplication(options, { directory, environment, warn })
  const confirm = createConfirm({ isConfirmed: options.yes === true, input, output: errors })
  const report = await command.run({ application, parameters, options, confirm })
  print(options.json ? printableJson(report.json) : report.text)
  return report.exitCode ?? exitCodes.done
}
