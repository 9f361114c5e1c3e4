import type { JsonObject } from '../core/session.ts'
import type { Application } from './application/application.ts'
import type { OptionName, OptionValues } from './command-options.ts'
import type { Confirm } from './confirm.ts'

/** One of the things that `npx cloakroom` does. */
export interface Command {
  /** What is typed: `['sessions', 'list']`. */
  readonly words: readonly string[]
  /** Names of what is typed after that. */
  readonly parameters: readonly Parameter[]
  /** Options beside those that say which database, and those that all commands have. */
  readonly options: readonly OptionName[]
  /** One line, for the list of commands. */
  readonly summary: string
  /** What else a person has to know. Lines of at most 80 characters. */
  readonly description: string
  /** Arguments that make sense. */
  readonly examples: readonly string[]
  run(work: Work): Promise<Report>
}

export interface Parameter {
  readonly name: string
  readonly isOptional?: boolean
}

export interface Work {
  readonly application: Application
  /** As many as `parameters` names; of optional ones perhaps fewer. */
  readonly parameters: readonly string[]
  readonly options: OptionValues
  readonly confirm: Confirm
}

/** The result, for programs and for people. */
export interface Report {
  readonly json: JsonObject
  readonly text: string
  /** Default: done. */
  readonly exitCode?: number
}
