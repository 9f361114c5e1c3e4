// The command line: which command, and what to say when there is none.
import { type Command, exitCodes, type Surroundings, UsageError } from './command.ts'
import { packageVersion } from './package-version.ts'

interface Entry {
  /** For the list of commands. */
  readonly summary: string
  /** When it is wanted: no command needs what the others do. */
  load(): Promise<Command>
}

const scan: Entry = {
  summary: 'read the code in a folder and answer the question',
  load: async () => (await import('./scan.ts')).scan,
}

const commands: Readonly<Record<string, Entry>> = {
  scan,
  measure: {
    summary: 'measure ways to authenticate on this machine and your servers',
    load: async () => (await import('./measure.ts')).measure,
  },
  questions: {
    summary: 'answer the checklist yourself, without code',
    load: async () => (await import('./ask.ts')).ask,
  },
}

/** Resolves with the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output, errors } = surroundings
  const [name = '', ...rest] = args
  const named = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (args.includes('--help') || args.includes('-h')) {
    output.write((await named?.load())?.help ?? help())
    return exitCodes.done
  }
  if (args.includes('--version')) {
    output.write(`${packageVersion()}\n`)
    return exitCodes.done
  }
  try {
    const command = await (named ?? scan).load()
    return await command.run(named ? rest : args, surroundings)
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
  --measured <file>  what measure --json wrote: whether your database can verify that many
  --fail-on <list>   end with 1 on any of these: bugs, a verdict, a kind of bug
  --version, --help

Ends with 0, with 1 by --fail-on, with 2 when it cannot do what is asked. Nothing is executed, and
nothing leaves the machine.
`
}
