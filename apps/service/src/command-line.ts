import { parseArgs } from 'node:util'
import { ConfigError } from './config.ts'

export interface CommandLine {
  /** Processes that serve. */
  readonly workers: number
}

const mostWorkers = 64

/**
 * Reads the arguments of `npm start --`.
 * @throws {ConfigError} for anything but `--workers` and a whole number from 1 to 64
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const text = parse(args)
  const workers = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (workers >= 1 && workers <= mostWorkers) return { workers }
  throw new ConfigError([
    `--workers must be a whole number from 1 to ${mostWorkers}; it is ${JSON.stringify(text.slice(0, 100))}`,
  ])
}

function parse(args: readonly string[]): string {
  const options = { workers: { type: 'string', default: '1' } } as const
  try {
    return parseArgs({ args: [...args], options }).values.workers
  } catch {
    throw new ConfigError(['the only option is --workers NUMBER, as in: npm start -- --workers 4'])
  }
}
