// The command line: which command, and what to say when there is none.
import { ask } from './ask.ts'
import { type Command, exitCodes, type Surroundings, UsageError } from './command.ts'
import { measure } from './measure.ts'
import { packageVersion } from './package-version.ts'
import { scan } from './scan.ts'

const commands: Readonly<Record<string, Command>> = { scan, measure, questions: ask }

/** Resolves with the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output, errors } = surroundings
  const [name = '', ...rest] = args
  const named = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (args.includes('--help') || args.includes('-h')) {
    output.write(named?.help ?? help())
    return exitCodes.done
  }
  if (args.includes('--version')) {
    output.write(`${packageVersion()}\n`)
    return exitCodes.done
  }
  try {
    return named ? await named.run(rest, surroundings) : await scan.run(args, surroundings)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    errors.write(`${error.message}\nnpx should-i-use-jwt --help says more.\n`)
    return exitCodes.usage
  }
}

function help(): string {
  const list = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(12)}${summary}`,
  )
  return `Should I use JWTs? First "No.", then the longer answer, for your own code.

  npx should-i-use-jwt [folder] [options]
  npx should-i-use-jwt measure [options]
  npx should-i-use-jwt questions

Commands
${list.join('\n')}

Options
  --json             the whole checklist as JSON
  --sarif            the bugs as SARIF 2.1.0, for code scanning
  --rps <number>     how many requests a second you have
  --fail-on <list>   end with 1 on any of these: bugs, a verdict, a kind of bug
  --version, --help

Ends with 0, with 1 by --fail-on, with 2 when it cannot do what is asked. Nothing is executed, and
nothing leaves the machine.
`
}
