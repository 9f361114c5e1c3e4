import { CloakroomError, type CloakroomErrorCode } from '../errors.ts'
import { CommandError, type CommandErrorCode } from './command-error.ts'

/** How the process ends: scripts may rely on these. docs/cli.md has the same list. */
export const exitCodes = {
  done: 0,
  /** For no reason listed here: a defect. */
  failed: 1,
  usage: 2,
  notConfirmed: 3,
  noSuchSession: 4,
  schema: 5,
  /** `EX_UNAVAILABLE` of sysexits.h: worth another try. */
  unavailable: 69,
  /** `EX_CONFIG` of sysexits.h. */
  config: 78,
} as const

const byCode: Readonly<Partial<Record<CloakroomErrorCode | CommandErrorCode, number>>> = {
  usage: exitCodes.usage,
  invalid_user_id: exitCodes.usage,
  not_confirmed: exitCodes.notConfirmed,
  schema_missing: exitCodes.schema,
  schema_newer: exitCodes.schema,
  schema_mismatch: exitCodes.schema,
  store_unavailable: exitCodes.unavailable,
  config: exitCodes.config,
}

export type ExpectedError = CommandError | CloakroomError

/** Whether it says by itself what is wrong, and a stack would only be in the way. */
export function isExpected(error: unknown): error is ExpectedError {
  return error instanceof CommandError || isCloakroomError(error)
}

/** Also one of another copy of the library, which the application's config may have imported. */
export function isCloakroomError(error: unknown): error is CloakroomError {
  return error instanceof Error && error.name === CloakroomError.name && 'code' in error
}

export function exitCodeOf(error: unknown): number {
  return (isExpected(error) && byCode[error.code]) || exitCodes.failed
}
