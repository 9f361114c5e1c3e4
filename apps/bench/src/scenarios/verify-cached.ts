import { checkAuthenticates, checkRefuses } from '../measuring/check-target.ts'
import { measureInterleaved } from '../measuring/measure-interleaved.ts'
import { versionsOf } from '../reporting/machine.ts'
import { compare, type Summary, summarize } from '../reporting/summary.ts'
import { formatInteger, formatRatio, renderTable } from '../reporting/table.ts'
import { atLeast, renderVerdict, type Verdict } from '../reporting/verdict.ts'
import type { Report, Scenario, ScenarioOptions } from '../scenario.ts'
import { type CachedTarget, cachedVerify, hashAndLookUp } from '../targets/cached.ts'
import { fastJwt } from '../targets/fast-jwt.ts'
import { jose } from '../targets/jose.ts'
import type { Target } from '../targets/target.ts'
import { makeCloakroomDatabase } from '../workload/cloakroom-database.ts'
import { makeSignedTokens } from '../workload/signed-tokens.ts'
import { makeWorkload, type Workload } from '../workload/workload.ts'

const full = { sessions: 10_000, rounds: 25, milliseconds: 100 }
const quickly = { sessions: 5000, rounds: 5, milliseconds: 20 }

/** How many of the sessions fit into the cache. */
const shares = [1, 0.99, 0.9, 0.1]
const promisedPerSecond = 300_000

interface CachedTargets {
  readonly floor: Target
  readonly cached: readonly CachedTarget[]
  readonly joseEs256: Target
  readonly fastJwtHs256: Target
}

export const verifyCached: Scenario = {
  name: 'verify-cached',
  question: 'What does it cost to authenticate a request from memory?',

  async run({ quick, seed, directory, progress, ...options }: ScenarioOptions): Promise<Report> {
    const { rounds, milliseconds, sessions: standard } = quick ? quickly : full
    const sessions = options.sessions ?? standard
    const workload = makeWorkload(sessions, seed)
    const targets = await openTargets(workload, directory, progress)
    const all = [targets.floor, ...targets.cached, targets.joseEs256, targets.fastJwtHs256]
    try {
      for (const target of all) await checkRefuses(target)
      const { owners, random } = workload
      const measured = { rounds, milliseconds, owners, random, progress }
      const results = await measureInterleaved(all, measured)
      for (const target of all) await checkAuthenticates(target, [0, sessions - 1], owners)
      const summaries = new Map(all.map((each) => [each, summarize(each, results.get(each) ?? [])]))
      return report(targets, summaries, { sessions, users: workload.users, rounds, milliseconds })
    } finally {
      for (const target of all) await target.close()
    }
  },
}

async function openTargets(
  workload: Workload,
  directory: string,
  progress: (line: string) => void,
): Promise<CachedTargets> {
  progress(`Signing in ${workload.owners.length} sessions`)
  const database = await makeCloakroomDatabase(workload, directory)
  progress('Filling the caches')
  const cached: CachedTarget[] = []
  for (const share of shares) cached.push(await cachedVerify(database, share))
  progress('Signing JWTs')
  return {
    floor: hashAndLookUp(database, workload.owners),
    cached,
    joseEs256: await jose(await makeSignedTokens('ES256', workload)),
    fastJwtHs256: await fastJwt(await makeSignedTokens('HS256', workload), { cache: 'off' }),
  }
}

function report(
  targets: CachedTargets,
  summaries: ReadonlyMap<Target, Summary>,
  size: { sessions: number; users: number; rounds: number; milliseconds: number },
): Report {
  const of = (target: Target) => summaries.get(target) as Summary
  const all = [...summaries.keys()].map((target) => {
    const hitRatio = targets.cached.find((each) => each === target)?.hitRatio()
    return { ...of(target), hitRatio, toFloor: compare(of(target), of(targets.floor)) }
  })
  const verdicts = judge(targets, of)
  return {
    text: [
      `${formatInteger(size.sessions)} sessions of ${formatInteger(size.users)} users, random access, ${size.rounds} rounds of ${size.milliseconds} ms each`,
      renderTable(
        ['', 'median ns', 'p25–p75', 'per second', 'hits', '÷ SHA-256 and a Map'],
        all.map((row) => [
          row.name,
          formatInteger(row.median),
          `${formatInteger(row.p25)}–${formatInteger(row.p75)}`,
          formatInteger(row.operationsPerSecond),
          row.hitRatio === undefined ? '' : `${(row.hitRatio * 100).toFixed(1)} %`,
          formatRatio(row.toFloor.median),
        ]),
      ),
      verdicts.map(renderVerdict).join('\n'),
    ].join('\n\n'),
    figures: {
      ...size,
      versions: versionsOf(['cloakroom', 'fast-jwt', 'jose', 'mitata']),
      all,
      verdicts,
    },
  }
}

function judge(targets: CachedTargets, of: (target: Target) => Summary): Verdict[] {
  const [cached] = targets.cached.map(of)
  if (cached === undefined) throw new Error('There is no cache for all sessions')
  const toFloor = atLeast(
    0.35,
    `SHA-256 and a Map ÷ Cloakroom, where it does less than ${formatInteger(promisedPerSecond)} a second`,
    compare(of(targets.floor), cached),
  )
  return [
    atLeast(40, 'jose ES256 ÷ Cloakroom', compare(of(targets.joseEs256), cached)),
    atLeast(1.5, 'fast-jwt HS256 ÷ Cloakroom', compare(of(targets.fastJwtHs256), cached)),
    { ...toFloor, isMet: toFloor.isMet || cached.operationsPerSecond >= promisedPerSecond },
  ]
}
