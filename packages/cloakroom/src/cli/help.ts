import type { Command } from './command.ts'
import {
  commandOptions,
  commonOptions,
  databaseOptions,
  type OptionName,
} from './command-options.ts'
import { table } from './output/table.ts'

const program = 'npx cloakroom'

/** About all commands, about those of a group, or about one. */
export function helpText(commands: readonly Command[]): string {
  const [only] = commands
  if (commands.length === 1 && only !== undefined) return aboutOne(only)
  return `Sessions and blocks of an application that uses Cloakroom, in its own database.

Usage: ${program} <command> [options]

Commands:
${indented(commands.map((command) => [synopsis(command), command.summary]))}

${whichDatabase}

Other options:
${optionLines([...commonOptions, 'version'])}

${program} <command> --help tells more. Exit codes:
${indented(exitCodeLines)}`
}

function aboutOne(command: Command): string {
  const { summary, description, options, examples } = command
  return `${summary}.

Usage: ${program} ${synopsis(command)} [options]

${description}

Options:
${optionLines([...options, ...commonOptions])}

${whichDatabase}

Examples:
${examples.map((example) => `  ${program} ${example}`).join('\n')}`
}

const whichDatabase = `Which database: --config, --database, a cloakroom.config.ts (.js, .mjs) in this folder, or
the URL in the environment as CLOAKROOM_DATABASE_URL or DATABASE_URL; the first one wins.
${optionLines(databaseOptions)}`

const exitCodeLines = [
  ['0', 'done'],
  ['1', 'failed unexpectedly'],
  ['2', 'the command line makes no sense'],
  ['3', 'not confirmed; without a terminal, --yes is needed'],
  ['4', 'there is no such session'],
  ['5', 'the tables are missing, of a later version, or do not fit the options'],
  ['69', 'the database cannot be reached: try again later'],
  ['78', 'the config or the driver could not be loaded'],
] as const

function synopsis({ words, parameters }: Command): string {
  const names = parameters.map(({ name, isOptional }) => (isOptional ? `[${name}]` : `<${name}>`))
  return [...words, ...names].join(' ')
}

function optionLines(names: readonly OptionName[]): string {
  return indented(names.map((name) => [spelling(name), commandOptions[name].text]))
}

function spelling(name: OptionName): string {
  const option = commandOptions[name]
  const short = 'short' in option ? `-${option.short}, ` : ''
  const value = 'value' in option ? ` <${option.value}>` : ''
  return `${short}--${name}${value}`
}

function indented(lines: readonly (readonly string[])[]): string {
  const text = table(lines.map((line) => line.map((cell) => ({ text: cell }))))
  return text.replaceAll(/^/gm, '  ')
}
