import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { MeasuredRate } from '../verdict/measured-rate.ts'
import { UsageError } from './command.ts'

interface Beside {
  readonly directory: string
  readonly requestsPerSecond: number | undefined
}

/**
 * What `measure --json` has written, beside the rate that there is, which the file may know as well.
 * @throws {UsageError} if the file says nothing of use
 */
export function readMeasured(
  file: string | undefined,
  { directory, requestsPerSecond }: Beside,
): MeasuredRate | undefined {
  if (file === undefined) return undefined
  const { date, database, machine, saturation, isQuick, rps } = parse(resolve(directory, file))
  const found = {
    ...{ saturation: saturation?.perSecond, isStillRising: saturation?.isStillRising },
    ...{ database, date, cores: machine?.cores },
  }
  if (!isComplete(found)) throw new UsageError(notMeasured(file))
  if (isQuick !== false) throw new UsageError(`${file} is of a --quick run, which decides nothing.`)
  const rate = requestsPerSecond ?? rps
  if (typeof rate !== 'number') throw new UsageError('--measured needs --rps beside it.')
  return { ...found, requestsPerSecond: rate }
}

type Found = Omit<MeasuredRate, 'requestsPerSecond'>

interface Written {
  readonly date?: unknown
  readonly database?: unknown
  readonly isQuick?: unknown
  readonly rps?: unknown
  readonly machine?: { readonly cores?: unknown } | null
  readonly saturation?: { readonly perSecond?: unknown; readonly isStillRising?: unknown } | null
}

function parse(path: string): Written {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`There is no file ${path} that could be read.`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  throw new UsageError(notMeasured(path))
}

function isComplete(found: { readonly [Name in keyof Found]: unknown }): found is Found {
  const { saturation, cores, isStillRising, database, date } = found
  return (
    [saturation, cores].every((each) => typeof each === 'number' && each > 0) &&
    typeof isStillRising === 'boolean' &&
    [database, date].every((each) => typeof each === 'string')
  )
}

function notMeasured(file: string): string {
  return `${file} is not what should-i-use-jwt measure --json writes.`
}
