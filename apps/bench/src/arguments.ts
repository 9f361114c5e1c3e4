import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.ts'

/** What was typed makes no sense; the message says why. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
}

export interface Arguments {
  /** `undefined`: none was asked for, so they are listed. */
  readonly scenario: Scenario | undefined
  readonly sessions?: number
  readonly quick: boolean
  readonly seed: number
  /** Where to write the figures. */
  readonly json?: string
}

const leastSessions = 10
const mostSessions = 5_000_000
const mostSeed = 2 ** 32 - 1

export const usage = `npm run bench -- SCENARIO [--sessions N] [--quick] [--seed N] [--json FILE]

  --sessions N   how many sessions each target has, ${leastSessions} to ${mostSessions}
  --quick        little data and few rounds, to see that it runs; figures not to be cited
  --seed N       the same random choices as another run, 0 to ${mostSeed}
  --json FILE    write everything that was measured; a path relative to the repository`

/** @throws {ArgumentError} */
export function parseArguments(
  typed: readonly string[],
  scenarios: readonly Scenario[],
): Arguments {
  const { values, positionals } = parse(typed)
  const [name, ...more] = positionals
  if (more.length > 0) throw new ArgumentError(`One scenario at a time, not also ${more.join(' ')}`)
  const scenario = scenarios.find((each) => each.name === name)
  if (name !== undefined && scenario === undefined) {
    const known = scenarios.map((each) => each.name).join(', ')
    throw new ArgumentError(`There is no scenario ${name}, only ${known}`)
  }
  const { sessions, seed, json, quick = false } = values
  return {
    scenario,
    quick,
    seed: seed === undefined ? randomInt(mostSeed) : integer('--seed', seed, 0, mostSeed),
    ...(sessions !== undefined && {
      sessions: integer('--sessions', sessions, leastSessions, mostSessions),
    }),
    ...(json !== undefined && { json: checkWritable(json) }),
  }
}

function parse(typed: readonly string[]) {
  try {
    return parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: {
        sessions: { type: 'string' },
        quick: { type: 'boolean' },
        seed: { type: 'string' },
        json: { type: 'string' },
      },
    })
  } catch (error) {
    throw new ArgumentError((error as Error).message)
  }
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new ArgumentError(`${name} must be an integer from ${least} to ${most}; it is ${text}`)
}

// Now, and not after minutes of measuring.
function checkWritable(file: string): string {
  const path = resolve(file)
  if (file === '' || !existsSync(dirname(path))) {
    throw new ArgumentError(`--json: there is no directory for ${file === '' ? 'no file' : file}`)
  }
  return path
}
