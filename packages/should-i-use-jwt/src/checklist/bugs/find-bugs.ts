// 7. The interesting bugs.
import type { Analysis } from '../../analysis/analyse.ts'
import { type Evidence, type Item, withoutRepeats } from '../item.ts'
import { findNone, findUnpinned } from './algorithms.ts'
import type { Bug, BugKind } from './bug.ts'
import { findWithoutAudience, findWithoutExpiry, findWithoutIssuer } from './claims.ts'
import { findDecodings } from './decoding.ts'
import { findTokensInLocalStorage, findTokensInUrls } from './places.ts'
import { findSecretsInSource, findSharedSecrets, findShortSecrets } from './secrets.ts'

export interface BugsItem extends Item {
  readonly bugs: readonly Bug[]
}

const searches: Readonly<Record<BugKind, (analysis: Analysis) => Evidence[]>> = {
  'no-algorithm-pinned': findUnpinned,
  'none-possible': findNone,
  'secret-in-source': findSecretsInSource,
  'short-secret': findShortSecrets,
  'decode-instead-of-verify': findDecodings,
  'no-exp': findWithoutExpiry,
  'no-aud': findWithoutAudience,
  'no-iss': findWithoutIssuer,
  'token-in-url': findTokensInUrls,
  'token-in-local-storage': findTokensInLocalStorage,
  'secret-shared-between-kinds': findSharedSecrets,
}

export const bugKinds: readonly BugKind[] = Object.keys(searches) as BugKind[]

export function findBugs(analysis: Analysis): BugsItem {
  const bugs = bugKinds.flatMap((kind): Bug[] => {
    const evidence = withoutRepeats(searches[kind](analysis))
    return evidence.length > 0 ? [{ kind, evidence }] : []
  })
  return {
    id: 7,
    question: 'Which of the usual bugs are there?',
    answer: bugs.length > 0 ? 'yes' : 'no',
    confidence: 'high',
    summary: bugs.length > 0 ? `${bugs.length} kinds of bug` : 'none of those that are looked for',
    evidence: bugs.flatMap(({ evidence }) => evidence.slice(0, 1)),
    bugs,
  }
}
