// `npm run torture -- --minutes 10 --seed N`: a long run with faults, and the judgement.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { printReport } from './print-report.ts'
import { runTorture } from './run-torture.ts'
import { type Sabotage, sabotages } from './sabotage.ts'
import { type SiteName, siteNames, startSite } from './start-site.ts'

const usage = `npm run torture -- [--on ${siteNames.join('|')}] [--minutes N] [--seed N] [--sabotage NAME]

  --on SERVER      every one in turn unless told
  --minutes N      on each server, 0.1 to 1440, and until each fault was injected once; default 10
  --seed N         the same faults as another run, 0 to 4,294,967,295
  --sabotage NAME  breaks the protocol by intent: ${sabotages.join(', ')} (on valkey-cluster)

Exit code: 0 without violations, 1 with violations. With --sabotage 0 if there were violations, which
is what it is for, and 1 if there were none. 2: it was called wrongly.`

const { on, minutes, seed, sabotage } = readArguments()
for (const name of on) {
  const site = await startSite(name)
  console.log(
    `${site.title}, ${minutes} minutes, seed ${seed}${sabotage ? `, sabotage: ${sabotage}` : ''}`,
  )
  try {
    const report = await runTorture({
      site,
      milliseconds: minutes * 60_000,
      seed,
      log: (line) => console.error(line),
      ...(sabotage && { sabotage }),
    })
    const isFound = printReport(report, sabotage)
    if (isFound !== (sabotage !== undefined)) process.exitCode = 1
  } finally {
    await site.stop()
  }
}

function readArguments(): {
  on: readonly SiteName[]
  minutes: number
  seed: number
  sabotage: Sabotage | undefined
} {
  try {
    const { values } = parseArgs({
      options: {
        on: { type: 'string' },
        minutes: { type: 'string', default: '10' },
        seed: { type: 'string', default: String(randomInt(2 ** 32)) },
        sabotage: { type: 'string' },
      },
    })
    const sabotage = chooseOf(sabotages, '--sabotage', values.sabotage)
    const standard = sabotage === 'ping' ? (['valkey-cluster'] as const) : siteNames
    const on = chooseOf(siteNames, '--on', values.on)
    if (sabotage === 'ping' && on !== undefined && on !== 'valkey-cluster') {
      throw new TypeError('--sabotage ping is for --on valkey-cluster')
    }
    return {
      on: on === undefined ? standard : [on],
      minutes: readNumber('--minutes', values.minutes, 0.1, 1440),
      seed: readNumber('--seed', values.seed, 0, 2 ** 32 - 1),
      sabotage,
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function chooseOf<Name extends string>(
  names: readonly Name[],
  option: string,
  typed: string | undefined,
): Name | undefined {
  const chosen = names.find((name) => name === typed)
  if (typed === undefined || chosen !== undefined) return chosen
  throw new TypeError(`${option} must be one of ${names.join(', ')}; it is ${typed}`)
}

function readNumber(option: string, typed: string, least: number, most: number): number {
  const number = Number(typed)
  if (typed.trim() !== '' && number >= least && number <= most) return number
  throw new TypeError(`${option} must be from ${least} to ${most}; it is ${typed}`)
}
