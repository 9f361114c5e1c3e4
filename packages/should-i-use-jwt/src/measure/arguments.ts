import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { contenders } from './contenders/contenders.ts'
import { parseDatabase, parseValkey } from './databases/parse-place.ts'
import { MeasureError } from './measure-error.ts'

export interface MeasureArguments {
  readonly database: ReturnType<typeof parseDatabase> | undefined
  readonly valkey: string | undefined
  /** Requests a second that the person has; `undefined`: not said. */
  readonly rps: number | undefined
  readonly sessions: number
  /** Share of requests that are authenticated, 0 to 1. */
  readonly authenticated: number
  readonly concurrencies: readonly number[]
  readonly jwtSeconds: number
  readonly rounds: number
  readonly milliseconds: number
  readonly seed: number
  /** Everything that was measured, in place of what a person reads. */
  readonly isJson: boolean
  /** An absolute path. */
  readonly html: string | undefined
  /** Ids of contenders; `undefined`: all. */
  readonly only: readonly string[] | undefined
  readonly isConfirmed: boolean
  readonly isQuick: boolean
}

const contenderIds = contenders.map(({ id }) => id)

export const measureUsage = `should-i-use-jwt measure [options]

Measures ways to authenticate a request over real HTTP, on this machine and your servers.

  --database URL       postgres://…, mysql://… or a SQLite file; default: SQLite in a temporary file.
                       URLs on a command line are visible to the machine's other users:
                       MEASURE_DATABASE and MEASURE_VALKEY in the environment do the same
  --valkey URL         valkey://… or redis://…; default: no contender uses one
  --rps N              requests a second that you have, at most; 0.001 to 10,000,000
  --sessions N         how many there are, 100 to 1,000,000; default 10,000
  --authenticated N    share of your requests that bring a valid credential, 0.01 to 1; default 0.9
  --concurrency LIST   requests at once, such as 1,8,64; default 1,4,16,64
  --jwt-seconds N      the life of your JWTs, 10 to 31,536,000; default 900
  --rounds N           10 to 100; default 10
  --milliseconds N     for each measurement in a round, 20 to 10,000; default 250
  --seed N             the same random choices as another run, 0 to 4,294,967,295
  --json               everything that was measured, as JSON
  --html FILE          a page with plots, which needs no network
  --quick              2 rounds on little data, to see that it runs; figures not to be cited
  --only LIST          these contenders, beside the opaque token in the database:
                       ${contenderIds.join(', ')}
  --yes                do not ask before something is made on your servers
`

type Values = ReturnType<typeof parse>

/** @throws {MeasureError} `usage` */
export function parseMeasureArguments(
  typed: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): MeasureArguments {
  const values = parse(typed)
  const { database = environment.MEASURE_DATABASE, valkey = environment.MEASURE_VALKEY } = values
  const { quick = false, concurrency = quick ? '1,8' : '1,4,16,64' } = values
  const number = (name: NumberOption, standard: number, least: number, most: number): number =>
    readNumber(name, values[name], standard, least, most)
  const integer = (name: NumberOption, standard: number, least: number, most: number): number => {
    const value = number(name, standard, least, most)
    if (Number.isInteger(value)) return value
    throw new MeasureError('usage', `--${name} must be an integer; it is ${value}`)
  }
  return {
    database: database === undefined ? undefined : parseDatabase(database),
    valkey: valkey === undefined ? undefined : parseValkey(valkey),
    rps: values.rps === undefined ? undefined : number('rps', 0, 0.001, 10_000_000),
    sessions: integer('sessions', quick ? 200 : 10_000, 100, 1_000_000),
    authenticated: number('authenticated', 0.9, 0.01, 1),
    concurrencies: readList(concurrency),
    jwtSeconds: integer('jwt-seconds', 900, 10, 31_536_000),
    rounds: quick ? 2 : integer('rounds', 10, 10, 100),
    milliseconds: integer('milliseconds', quick ? 30 : 250, 20, 10_000),
    seed: integer('seed', 1, 0, 2 ** 32 - 1),
    isJson: values.json ?? false,
    html: values.html === undefined ? undefined : checkWritable(values.html),
    only: values.only === undefined ? undefined : readIds(values.only, valkey !== undefined),
    isConfirmed: values.yes ?? false,
    isQuick: quick,
  }
}

type NumberOption =
  | 'rps'
  | 'sessions'
  | 'authenticated'
  | 'jwt-seconds'
  | 'rounds'
  | 'milliseconds'
  | 'seed'

function parse(typed: readonly string[]) {
  try {
    return parseArgs({
      args: [...typed],
      options: {
        database: { type: 'string' },
        valkey: { type: 'string' },
        rps: { type: 'string' },
        sessions: { type: 'string' },
        authenticated: { type: 'string' },
        concurrency: { type: 'string' },
        'jwt-seconds': { type: 'string' },
        rounds: { type: 'string' },
        milliseconds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        html: { type: 'string' },
        quick: { type: 'boolean' },
        only: { type: 'string' },
        yes: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new MeasureError('usage', (error as Error).message)
  }
}

function readNumber(
  name: NumberOption,
  text: Values[NumberOption],
  standard: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return standard
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most) return value
  throw new MeasureError('usage', `--${name} must be from ${least} to ${most}; it is ${text}`)
}

function readList(text: string): number[] {
  const numbers = text.split(',').map(Number)
  const isGood = numbers.every((each) => Number.isInteger(each) && each >= 1 && each <= 1000)
  if (isGood && numbers.length <= 8) return [...new Set(numbers)].sort((a, b) => a - b)
  throw new MeasureError('usage', '--concurrency takes at most 8 integers from 1 to 1000: 1,8,64')
}

function readIds(text: string, hasValkey: boolean): string[] {
  const ids = text.split(',')
  const unknown = ids.find((id) => !contenderIds.includes(id))
  const lacking = contenders.find(({ id, needsValkey }) => needsValkey && ids.includes(id))
  if (lacking !== undefined && !hasValkey) {
    throw new MeasureError('usage', `--only ${lacking.id} needs --valkey`)
  }
  if (unknown === undefined) return ids
  throw new MeasureError('usage', `--only knows no "${unknown}", only ${contenderIds.join(', ')}`)
}

// Now, and not after minutes of measuring.
function checkWritable(file: string): string {
  const path = resolve(file)
  if (file !== '' && existsSync(dirname(path))) return path
  throw new MeasureError('usage', `--html: there is no directory for ${file || 'no file'}`)
}
