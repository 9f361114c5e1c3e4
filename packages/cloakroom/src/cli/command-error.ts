/**
 * - `usage`: what was typed makes no sense.
 * - `not_confirmed`: the answer was no, or there was nobody to ask.
 * - `config`: the application's options or its driver could not be loaded.
 */
export type CommandErrorCode = 'usage' | 'not_confirmed' | 'config'

/** What a person did wrong or has not done. The message says what to do, and holds no secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
