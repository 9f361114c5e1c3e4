import assert from 'node:assert/strict'
import { runTorture, type TortureReport } from './run-torture.ts'
import type { Sabotage } from './sabotage.ts'
import { type SiteName, startSite } from './start-site.ts'

const sabotagedMs = 10_000

/** A short run: each fault once, or with sabotage the telling one again and again. */
export async function checkTorture(
  name: SiteName,
  test: { diagnostic(message: string): void },
  check: (report: TortureReport) => void,
  sabotage?: Sabotage,
): Promise<void> {
  const seed = Number(process.env.CLOAKROOM_TEST_SEED ?? 1)
  const site = await startSite(name)
  try {
    const milliseconds = sabotage === undefined ? 0 : sabotagedMs
    const report = await runTorture({ site, milliseconds, seed, ...(sabotage && { sabotage }) })
    const { violations, ...summary } = report
    test.diagnostic(`seed ${seed}: ${JSON.stringify(summary)}; ${violations.length} violations`)
    assert(report.verifications.accepted > 1000 && report.hits > 1000)
    check(report)
  } finally {
    await site.stop()
  }
}
