import { checkAuthenticates, checkRefuses } from '../measuring/check-target.ts'
import { measureInterleaved } from '../measuring/measure-interleaved.ts'
import { versionsOf } from '../reporting/machine.ts'
import { compare, type Summary, summarize } from '../reporting/summary.ts'
import { formatInteger, formatRatio, renderTable } from '../reporting/table.ts'
import { atLeast, atMost, renderVerdict, type Verdict } from '../reporting/verdict.ts'
import type { Report, Scenario, ScenarioOptions } from '../scenario.ts'
import type { Target } from '../targets/target.ts'
import { openTargets, type VerifyTargets } from '../targets/verify-targets.ts'
import { makeWorkload } from '../workload/workload.ts'

const full = { sessions: 200_000, rounds: 25, milliseconds: 100 }
const quickly = { sessions: 20_000, rounds: 5, milliseconds: 20 }

export const verifySqlite: Scenario = {
  name: 'verify-sqlite',
  question: 'What does it cost to authenticate a request, with sessions in SQLite?',

  async run({ quick, seed, directory, progress, ...options }: ScenarioOptions): Promise<Report> {
    const { rounds, milliseconds, sessions: standard } = quick ? quickly : full
    const sessions = options.sessions ?? standard
    const workload = makeWorkload(sessions, seed)
    const targets = await openTargets(workload, directory, progress)
    const steps = targets.floorSteps.map(({ target }) => target)
    const all = [...new Set([...targets.compared, ...steps])]
    try {
      for (const target of all) await checkRefuses(target)
      const { owners, random } = workload
      const results = await measureInterleaved(all, {
        rounds,
        milliseconds,
        owners,
        random,
        progress,
      })
      for (const target of all) await checkAuthenticates(target, [0, sessions - 1], owners)
      const summaries = new Map(all.map((each) => [each, summarize(each, results.get(each) ?? [])]))
      return report(targets, summaries, { sessions, users: workload.users, rounds, milliseconds })
    } finally {
      for (const target of all) await target.close()
    }
  },
}

function report(
  targets: VerifyTargets,
  summaries: ReadonlyMap<Target, Summary>,
  size: { sessions: number; users: number; rounds: number; milliseconds: number },
): Report {
  const of = (target: Target) => summaries.get(target) as Summary
  const floor = of(targets.floor)
  const cloakroom = of(targets.cloakroom)
  const compared = targets.compared.map(of)
  const floorSteps = targets.floorSteps.map(({ setting, target }) => ({
    setting,
    ...of(target),
  }))
  const verdicts = judge(targets, of)
  const versions = versionsOf([
    'cloakroom',
    'better-auth',
    'better-sqlite3',
    'fast-jwt',
    'jose',
    'mitata',
  ])
  return {
    text: [
      `${formatInteger(size.sessions)} sessions of ${formatInteger(size.users)} users, random access, ${size.rounds} rounds of ${size.milliseconds} ms each`,
      renderCompared(compared, floor, cloakroom),
      'What each setting buys the floor; each row has what the rows above it have',
      renderSteps(floorSteps),
      verdicts.map(renderVerdict).join('\n'),
    ].join('\n\n'),
    figures: {
      ...size,
      versions: { ...versions, sqlite: process.versions.sqlite },
      compared: compared.map((each) => ({
        ...each,
        toFloor: compare(each, floor),
        toCloakroom: compare(each, cloakroom),
      })),
      floorSteps,
      verdicts,
    },
  }
}

function judge(targets: VerifyTargets, of: (target: Target) => Summary): Verdict[] {
  const cloakroom = of(targets.cloakroom)
  // The promise must hold against Better Auth at its best.
  const [betterAuth] = targets.betterAuth.map(of).sort((a, b) => a.median - b.median)
  if (betterAuth === undefined) throw new Error('Better Auth is not among the targets')
  return [
    atMost(1.35, 'Cloakroom ÷ the floor', compare(cloakroom, of(targets.floor))),
    atLeast(8, 'jose ES256 ÷ Cloakroom', compare(of(targets.joseEs256), cloakroom)),
    atLeast(20, `${betterAuth.name} ÷ Cloakroom`, compare(betterAuth, cloakroom)),
  ]
}

function renderCompared(rows: readonly Summary[], floor: Summary, cloakroom: Summary): string {
  return renderTable(
    ['', 'median ns', 'p25–p75', 'ops/s', '÷ floor', '÷ Cloakroom'],
    rows.map((row) => [
      row.name,
      formatInteger(row.median),
      `${formatInteger(row.p25)}–${formatInteger(row.p75)}`,
      formatInteger(row.operationsPerSecond),
      formatRatio(compare(row, floor).median),
      formatRatio(compare(row, cloakroom).median),
    ]),
  )
}

function renderSteps(rows: readonly (Summary & { readonly setting: string })[]): string {
  return renderTable(
    ['', 'median ns', 'p25–p75', 'saves'],
    rows.map((row, index) => {
      const before = rows[index - 1]
      const saving = before && 1 - compare(row, before).median
      return [
        row.setting,
        formatInteger(row.median),
        `${formatInteger(row.p25)}–${formatInteger(row.p75)}`,
        saving === undefined ? '' : `${(saving * 100).toFixed(0)} %`,
      ]
    }),
  )
}
