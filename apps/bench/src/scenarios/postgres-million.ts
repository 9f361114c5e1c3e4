import { startPostgres } from '@cloakroom/test-servers'
import { checkAuthenticates, checkRefuses } from '../measuring/check-target.ts'
import { measureLoad } from '../measuring/measure-load.ts'
import { type Meanwhile, measureWhile, quiet } from '../measuring/measure-while.ts'
import { quantile, sortNumbers } from '../measuring/statistics.ts'
import { type CrowdedDatabase, openCrowdedDatabase } from '../remote/postgres/crowded-database.ts'
import { compareLoads, type LoadSummary, summarizeLoad } from '../reporting/load-summary.ts'
import type { Ratio } from '../reporting/summary.ts'
import { formatInteger, renderTable } from '../reporting/table.ts'
import { atMost, renderVerdict } from '../reporting/verdict.ts'
import type { Report, Scenario, ScenarioOptions } from '../scenario.ts'
import { makeWorkload, type Workload } from '../workload/workload.ts'

const full = { sessions: 1_000_000, verified: 10_000, rounds: 7, milliseconds: 1000 }
const quickly = { sessions: 20_000, verified: 1000, rounds: 2, milliseconds: 200 }

/** Verifications at once while half of the sessions are deleted, and how long before and after. */
const pruning = { concurrency: 16, quietSeconds: 10 }

export const postgresMillion: Scenario = {
  name: 'postgres-million',
  question: 'What changes in PostgreSQL with a million sessions, and while half are deleted?',

  async run(options) {
    const { verified, sessions } = options.quick ? quickly : full
    const times = Math.max(2, Math.round((options.sessions ?? sessions) / verified))
    const workload = makeWorkload(verified, options.seed)
    const server = await startPostgres()
    const databases: CrowdedDatabase[] = []
    try {
      for (const each of [1, times]) {
        const name = `${formatInteger(verified * each)} sessions`
        options.progress(`Making ${name}`)
        databases.push(await openCrowdedDatabase(server.url, name, workload, each))
      }
      const [small, large] = databases as [CrowdedDatabase, CrowdedDatabase]
      const report = await compareDatabases(options, workload, small, large)
      return { ...report, text: `PostgreSQL ${server.server.version}; ${report.text}` }
    } finally {
      for (const { target } of databases) await target.close()
      await server.stop()
    }
  },
}

async function compareDatabases(
  { quick, progress }: ScenarioOptions,
  workload: Workload,
  small: CrowdedDatabase,
  large: CrowdedDatabase,
): Promise<Report> {
  const { rounds, milliseconds } = quick ? quickly : full
  const { owners, random } = workload
  for (const { target } of [small, large]) await checkRefuses(target)
  const results = await measureLoad([small.target, large.target], {
    ...{ rounds, milliseconds, owners, random, progress },
    concurrencies: [1, 64],
  })
  const loads = [...results].map((result) => summarizeLoad(...result))
  const cleanUp = await measurePrune(large, workload, progress)

  const latency = compareLoads(find(loads, large, 1), find(loads, small, 1), 'p50')
  const verdicts = [
    atMost(1.2, `latency among ${large.name} ÷ among ${small.name}`, latency),
    atMost(2, 'p99 while half of them are deleted ÷ before and after', slowerMeanwhile(cleanUp)),
    atMost(1, 'bytes a session with its indexes ÷ 320', single(large.bytesPerSession / 320)),
  ]
  return {
    text: [
      `an address, a method and a device label of 40 characters each; ${rounds} rounds of ${formatInteger(milliseconds)} ms each`,
      renderTable(
        ['', 'p50 µs', 'p99 µs', 'a second, 64 at once', 'bytes a session'],
        [small, large].map((database) => [
          database.name,
          formatInteger(find(loads, database, 1).p50 / 1000),
          formatInteger(find(loads, database, 1).p99 / 1000),
          formatInteger(find(loads, database, 64).operationsPerSecond),
          formatInteger(database.bytesPerSession),
        ]),
      ),
      `${formatInteger(cleanUp.deleted)} sessions were deleted in ${cleanUp.meanwhile.seconds.toFixed(1)} s`,
      renderTable(
        [`${pruning.concurrency} at once`, 'a second', 'p50 µs', 'p99 µs', 'longest µs'],
        (['before', 'meanwhile', 'after'] as const).map((when) => {
          const { operations, seconds, p50, p99, longest } = cleanUp[when]
          const microseconds = [p50, p99, longest].map((time) => formatInteger(time / 1000))
          return [when, formatInteger(operations / seconds), ...microseconds]
        }),
      ),
      verdicts.map(renderVerdict).join('\n'),
    ].join('\n\n'),
    figures: {
      databases: [small, large].map(({ name, sessions, bytesPerSession }) => {
        return { name, sessions, bytesPerSession }
      }),
      ...{ rounds, milliseconds, loads, cleanUp, verdicts },
    },
  }
}

function find(
  loads: readonly LoadSummary[],
  { name }: CrowdedDatabase,
  concurrency: number,
): LoadSummary {
  const found = loads.find((load) => load.name === name && load.concurrency === concurrency)
  if (found === undefined) throw new Error(`${name} were not measured with ${concurrency} at once`)
  return found
}

interface CleanUp {
  readonly deleted: number
  readonly before: Meanwhile
  readonly meanwhile: Meanwhile
  readonly after: Meanwhile
}

async function measurePrune(
  { target, prune }: CrowdedDatabase,
  { owners, random }: Workload,
  progress: ScenarioOptions['progress'],
): Promise<CleanUp> {
  progress('Deleting the sessions that are over')
  const options = { concurrency: pruning.concurrency, random }
  const wait = quiet(pruning.quietSeconds * 1000)
  let deleted = 0
  const before = await measureWhile(target, wait, options)
  const meanwhile = await measureWhile(
    target,
    async () => {
      deleted = await prune()
    },
    options,
  )
  const after = await measureWhile(target, wait, options)
  await checkAuthenticates(target, [0, owners.length - 1], owners)
  return { deleted, before, meanwhile, after }
}

/** Of all of the time; the quartiles are those of its seconds. */
function slowerMeanwhile({ before, meanwhile, after }: CleanUp): Ratio {
  const usual = (before.p99 + after.p99) / 2
  const seconds = sortNumbers(meanwhile.p99s.length === 0 ? [meanwhile.p99] : meanwhile.p99s)
  return {
    median: meanwhile.p99 / usual,
    p25: quantile(seconds, 0.25) / usual,
    p75: quantile(seconds, 0.75) / usual,
  }
}

function single(ratio: number): Ratio {
  return { median: ratio, p25: ratio, p75: ratio }
}
