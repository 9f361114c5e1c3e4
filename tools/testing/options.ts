// The command line of `npm test`.
import { parseArgs } from 'node:util'
import type { Stage } from './stage.ts'

export interface TestOptions {
  /** Names of the stages to run; `undefined`: all. */
  readonly only: readonly string[] | undefined
  /** Names of the stages that were switched off. */
  readonly without: readonly string[]
  /** Part of the path of the test files to run; with it, only stages that have such files run. */
  readonly match: string | undefined
}

/** The command line makes no sense; the message says what would. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[], stages: readonly Stage[]): TestOptions {
  const names = stages.map(({ name }) => name)
  const { only, without, match } = parse(args, names)
  const options = {
    only: only === undefined ? undefined : stageNames(only, names),
    without: stageNames(without ?? [], names),
    match,
  }
  if (!stages.some((stage) => isChosen(stage, options))) {
    throw new UsageError(`No stage is left to run.\n${usage(names)}`)
  }
  return options
}

export function isChosen(stage: Stage, { only, without, match }: TestOptions): boolean {
  if (only !== undefined && !only.includes(stage.name)) return false
  if (match !== undefined && stage.matches?.(match) !== true) return false
  return !without.includes(stage.name)
}

function parse(args: readonly string[], names: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        without: { type: 'string', multiple: true },
        match: { type: 'string' },
      },
    }).values
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${message}\n${usage(names)}`, { cause: error })
  }
}

function stageNames(lists: readonly string[], names: readonly string[]): string[] {
  const chosen = lists.flatMap((list) => list.split(','))
  const unknown = chosen.find((name) => !names.includes(name))
  if (unknown === undefined) return chosen
  throw new UsageError(`There is no stage "${unknown}".\n${usage(names)}`)
}

function usage(names: readonly string[]): string {
  return `Usage: npm test -- [--only STAGE,…] [--without STAGE,…] [--match PART-OF-A-FILE-NAME]
Stages: ${names.join(', ')}`
}
