// The whole checklist, filled in.
import type { Analysis } from '../analysis/analyse.ts'
import { Identity } from '../analysis/identity.ts'
import type { FunctionNode } from '../scan/syntax.ts'
import { findAuthentication } from './authentication.ts'
import { findBlocking } from './blocking.ts'
import { type BugsItem, findBugs } from './bugs/find-bugs.ts'
import { findDatabaseShare, type ShareItem } from './database-share.ts'
import type { Item } from './item.ts'
import { findRefresh, type RefreshItem } from './refresh.ts'
import { findRelated } from './related.ts'
import { findRevocation } from './revocation.ts'
import { findScale, type ScaleItem } from './scale.ts'

export interface Checklist {
  readonly authentication: Item
  /** The rest is empty where there is no authentication by JWT. */
  readonly revocation?: Item
  readonly blocking?: Item
  readonly related?: Item
  readonly share?: ShareItem
  readonly refresh?: RefreshItem
  readonly bugs?: BugsItem
  readonly scale?: ScaleItem
}

export function fillIn(analysis: Analysis, requestsPerSecond?: number): Checklist {
  const authentication = findAuthentication(analysis)
  if (authentication.answer !== 'yes') return { authentication }
  const identity = new Identity(analysis)
  const functions = functionsAfterVerification(analysis)
  return {
    authentication,
    revocation: findRevocation(analysis, identity, functions),
    blocking: findBlocking(analysis, identity, functions),
    related: findRelated(analysis, identity),
    share: findDatabaseShare(analysis),
    refresh: findRefresh(analysis),
    bugs: findBugs(analysis),
    scale: findScale(analysis, requestsPerSecond),
  }
}

export function itemsOf(checklist: Checklist): Item[] {
  return Object.values(checklist)
}

// Guards, and what runs behind them.
function functionsAfterVerification({
  guarded,
  guards,
  graph,
}: Analysis): ReadonlySet<FunctionNode> {
  const own = [...guarded.flatMap(({ functions }) => [...functions]), ...guards.verifying]
  return new Set(own.flatMap((each) => [...graph.reachable(each)]))
}
