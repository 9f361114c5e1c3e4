import { checkRefuses } from '../measuring/check-target.ts'
import { measureInterleaved } from '../measuring/measure-interleaved.ts'
import { versionsOf } from '../reporting/machine.ts'
import { compare, type Summary, summarize } from '../reporting/summary.ts'
import { formatInteger, formatRatio, renderTable } from '../reporting/table.ts'
import type { Report, ScenarioOptions } from '../scenario.ts'
import type { Target } from '../targets/target.ts'
import { makeWorkload } from '../workload/workload.ts'
import { openSigningTargets } from './signing-targets.ts'

const full = { sessions: 2000, rounds: 15, milliseconds: 100 }
const quickly = { sessions: 200, rounds: 2, milliseconds: 20 }
/** None of their tokens may end while others are made and all are measured. */
const mostSessions = 20_000

/** What it costs to make an access token, and to verify one, in one process and one at a time. */
export async function measureSigning({
  quick,
  seed,
  progress,
  ...options
}: ScenarioOptions): Promise<Report> {
  const { rounds, milliseconds, sessions: standard } = quick ? quickly : full
  const sessions = Math.min(options.sessions ?? standard, mostSessions)
  const { owners, random, ...workload } = makeWorkload(sessions, seed)
  progress(`Minting tokens for ${sessions} sessions`)
  const { mint, verify } = await openSigningTargets({ ...workload, owners, random })
  const all = [...verify, ...mint]
  try {
    for (const target of verify) await checkRefuses(target)
    const measured = { rounds, milliseconds, owners, random, progress }
    const results = await measureInterleaved(all, measured)
    const of = (targets: readonly Target[]) =>
      targets.map((target) => summarize(target, results.get(target) ?? []))
    const [minting, verifying] = [of(mint), of(verify)]
    return {
      text: [
        `Mint and verify: ES256, the same claims, one at a time; ${rounds} rounds of ${milliseconds} ms each`,
        render('mint', minting),
        render('verify', verifying),
      ].join('\n\n'),
      figures: {
        ...{ sessions, rounds, milliseconds },
        versions: versionsOf(['cloakroom', 'better-auth', 'fast-jwt', 'jose', 'mitata']),
        mint: minting.map((each) => ({ ...each, toJose: compare(each, joseOf(minting)) })),
        verify: verifying.map((each) => ({ ...each, toJose: compare(each, joseOf(verifying)) })),
      },
    }
  } finally {
    for (const target of all) await target.close()
  }
}

/** Cloakroom is over jose, so what it adds is what matters. */
function joseOf(rows: readonly Summary[]): Summary {
  return rows[1] as Summary
}

function render(what: string, rows: readonly Summary[]): string {
  return renderTable(
    [what, 'median µs', 'p25–p75', 'per second', '÷ jose'],
    rows.map((row) => [
      row.name,
      formatInteger(row.median / 1000),
      `${formatInteger(row.p25 / 1000)}–${formatInteger(row.p75 / 1000)}`,
      formatInteger(row.operationsPerSecond),
      formatRatio(compare(row, joseOf(rows)).median),
    ]),
  )
}
