import { parseArgs } from 'node:util'
import type { Command } from './command.ts'
import { CommandError } from './command-error.ts'
import {
  commandOptions,
  commonOptions,
  databaseOptions,
  isOptionName,
  type OptionName,
  type OptionValues,
} from './command-options.ts'
import { nearest } from './nearest.ts'

export type Parsed =
  | { readonly kind: 'version' }
  /** About these commands: all, those of a group, or one. */
  | { readonly kind: 'help'; readonly commands: readonly Command[] }
  | {
      readonly kind: 'run'
      readonly command: Command
      readonly parameters: readonly string[]
      readonly options: OptionValues
    }

/** @throws {CommandError} `usage`. It repeats no value: somebody may have pasted a token or a URL. */
export function parseArguments(typed: readonly string[], commands: readonly Command[]): Parsed {
  const { words, options } = readTokens(typed)
  if (options.help) return { kind: 'help', commands: beginningWith(words, commands) }
  if (options.version) return { kind: 'version' }
  const command = findCommand(words, commands)
  checkAllowed(command, options)
  const parameters = words.slice(command.words.length)
  checkCount(command, parameters)
  return { kind: 'run', command, parameters, options }
}

function readTokens(typed: readonly string[]): { words: string[]; options: OptionValues } {
  const { tokens } = parseArgs({
    args: [...typed],
    options: commandOptions,
    allowPositionals: true,
    // Its own errors know no suggestions, and repeat what was typed.
    strict: false,
    tokens: true,
  })
  const words: string[] = []
  const options = new Map<OptionName, string | true>()
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const { name } = token
    if (!isOptionName(name)) throw unknownOption(token.rawName)
    if (options.has(name)) throw usage(`--${name} is given twice`)
    options.set(name, readValue(name, token))
  }
  return { words, options: Object.fromEntries(options) }
}

function readValue(
  name: OptionName,
  { value, inlineValue }: { value?: string | undefined; inlineValue?: boolean | undefined },
): string | true {
  if (commandOptions[name].type === 'boolean') {
    if (value === undefined) return true
    throw usage(`--${name} takes no value`)
  }
  if (value === undefined || value === '') throw usage(`--${name} needs a value`)
  if (inlineValue !== true && value.startsWith('-')) {
    throw usage(`--${name} needs a value; one that begins with - is written --${name}=-…`)
  }
  return value
}

function unknownOption(typed: string): CommandError {
  const known = Object.keys(commandOptions).map((name) => `--${name}`)
  return usage(`There is no option ${typed}${suggestion(nearest(typed, known))}`)
}

function beginningWith(words: readonly string[], commands: readonly Command[]): Command[] {
  const named = commands.filter((command) => isCommand(command, words))
  if (named.length > 0) return named
  const group = commands.filter(({ words: own }) => words.every((word, i) => own[i] === word))
  if (group.length > 0) return group
  throw unknownCommand(words, commands)
}

function findCommand(words: readonly string[], commands: readonly Command[]): Command {
  const command = commands.find((each) => isCommand(each, words))
  if (command === undefined) throw unknownCommand(words, commands)
  return command
}

function isCommand(command: Command, words: readonly string[]): boolean {
  return command.words.every((word, index) => words[index] === word)
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): CommandError {
  if (words.length === 0) return usage('Name a command')
  const [first = ''] = words
  const group = commands.filter((command) => command.words[0] === first)
  const which = `Which: ${group.map(nameOf).join(', ')}?`
  if (words.length === 1 && group.length > 0) return usage(which)
  const names = [...commands.map(nameOf), ...commands.map((command) => command.words[0] ?? '')]
  const meant = nearest(words.slice(0, 2).join(' '), names)
  if (meant === undefined && group.length > 0) return usage(`There is no such command. ${which}`)
  return usage(`There is no such command${suggestion(meant)}`)
}

function checkAllowed(command: Command, options: OptionValues): void {
  const allowed = [...command.options, ...databaseOptions, ...commonOptions]
  const stranger = Object.keys(options).find((name) => !allowed.includes(name as OptionName))
  if (stranger !== undefined) throw usage(`--${stranger} is not for ${nameOf(command)}`)
}

function checkCount(command: Command, { length }: readonly string[]): void {
  const missing = command.parameters.slice(length).find(({ isOptional }) => isOptional !== true)
  if (missing !== undefined) throw usage(`${nameOf(command)} needs a <${missing.name}>`)
  if (length > command.parameters.length) {
    const all = command.parameters.map(({ name }) => `<${name}>`).join(' ')
    throw usage(`${nameOf(command)} takes no ${all === '' ? 'argument' : `more than ${all}`}`)
  }
}

function nameOf({ words }: Command): string {
  return words.join(' ')
}

function suggestion(meant: string | undefined): string {
  return meant === undefined ? '' : `. Did you mean ${meant}?`
}

function usage(message: string): CommandError {
  return new CommandError('usage', message)
}
