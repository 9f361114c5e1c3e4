import type { TortureReport } from './run-torture.ts'
import type { Sabotage } from './sabotage.ts'

const shownViolations = 10

/** Prints what was done and found; returns whether there were violations. */
export function printReport(report: TortureReport, sabotage: Sabotage | undefined): boolean {
  const { verifications, violations, faults } = report
  const all = Object.values(verifications).reduce((sum, count) => sum + count, 0)
  console.log(
    `${all} verifications by ${report.processes} processes, ${report.crashes} of which their driver ended:`,
  )
  for (const [outcome, count] of Object.entries(verifications)) console.log(`  ${count} ${outcome}`)
  console.log(
    `${report.hits} from memory; ${report.voidedFills} answers not kept; feeds lost ${report.losses} times`,
  )
  console.log(
    `${report.issued} tokens issued, ${report.endings} ends acknowledged, ${report.settled} of them settled`,
  )
  console.log('Faults:')
  for (const [name, count] of Object.entries(faults)) console.log(`  ${count} × ${name}`)
  console.log('  not injected: network namespaces; the proxies stand for what they would do')
  console.log(`Violations: ${violations.length}${describe(violations, sabotage)}`)
  for (const { kind, check, afterMs } of violations.slice(0, shownViolations)) {
    const after = afterMs === undefined ? '' : `, ${afterMs.toFixed(1)} ms after its end`
    console.log(
      `  ${kind}: token ${check.token} was ${check.outcome}${after}, at ${check.begunAt} ns`,
    )
  }
  return violations.length > 0
}

function describe(violations: readonly unknown[], sabotage: Sabotage | undefined): string {
  if (sabotage === undefined) return ''
  return violations.length > 0
    ? ': the sabotage was found, as it must be'
    : ': THE SABOTAGE WAS NOT FOUND'
}
