// What every command of the command line is.
export interface Surroundings {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
  readonly errors: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
}

export interface Command {
  /** What `--help` says after its name. Default: the help of the whole. */
  readonly help?: string
  /** Resolves with the exit code. Throws `UsageError` for what is written wrongly. */
  run(args: readonly string[], surroundings: Surroundings): Promise<number>
}

/** What is wrong with how the command was written, for whom has written it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const
