import { type Check, type Ending, forgedToken, type History, type Issue } from './history.ts'

export interface Promises {
  readonly leaseMs: number
  /** Whether a session may be lost that nothing ended, as by a failover to a replica that lags. */
  readonly losesSessions: boolean
}

export interface Violation {
  /**
   * - `late`: accepted though it began more than the lease after the token's end was acknowledged.
   * - `unsettled`: accepted though it began after a settled end was acknowledged.
   * - `forged`: accepted though nobody was ever given the token.
   * - `mistaken`: accepted as somebody else.
   * - `refused`: not accepted, though nothing had ended it.
   */
  readonly kind: 'late' | 'unsettled' | 'forged' | 'mistaken' | 'refused'
  readonly check: Check
  /** Milliseconds between the acknowledgement of the end and the verification, where there was one. */
  readonly afterMs?: number
}

/** What is known of a token, for all of its verifications at once. */
interface Fate {
  /** When the first end was acknowledged that surely was its own. */
  readonly endedAt: number
  readonly settledAt: number
  /** When the first end began that may have been its own. */
  readonly mayEndFrom: number
}

/**
 * Everything that should not have happened. A verification is judged by its begin when it was accepted,
 * and by its end when it was not: in between, anything can have happened before the store was asked.
 */
export function checkHistory(
  { issues, endings, checks }: History,
  { leaseMs, losesSessions }: Promises,
): Violation[] {
  const fates = findFates(issues, endings)
  const leaseNs = leaseMs * 1e6
  const violations: Violation[] = []
  for (const check of checks) {
    const { token, outcome, begunAt } = check
    const fate = fates.get(token)
    if (fate === undefined && token !== forgedToken) {
      throw new Error(`The history has a verification of token ${token} and not its issue`)
    }
    if (outcome === 'unavailable') continue
    if (outcome === 'mistaken') violations.push({ kind: 'mistaken', check })
    else if (fate === undefined) {
      if (outcome === 'accepted') violations.push({ kind: 'forged', check })
    } else if (outcome === 'anonymous') {
      const isRefused = !losesSessions && check.endedAt < fate.mayEndFrom
      if (isRefused) violations.push({ kind: 'refused', check })
    } else if (begunAt > fate.settledAt) {
      const afterMs = (begunAt - fate.settledAt) / 1e6
      violations.push({ kind: 'unsettled', check, afterMs })
    } else if (begunAt > fate.endedAt + leaseNs) {
      violations.push({ kind: 'late', check, afterMs: (begunAt - fate.endedAt) / 1e6 })
    }
  }
  return violations
}

function findFates(issues: readonly Issue[], endings: readonly Ending[]): Map<number, Fate> {
  const endingsOf = groupEndings(endings)
  const created = findCreations(issues)
  const fates = new Map<number, Fate>()
  for (const { token, session, user } of issues) {
    const creation = created.get(session) as Issue
    const concerned = [`token ${token}`, `session ${session}`, `user ${user}`]
      .flatMap((name) => endingsOf.get(name) ?? [])
      .filter((ending) => (ending.acknowledgedAt ?? Infinity) > creation.begunAt)
    // One that began while the session was created may have found it, or not.
    const sure = concerned.filter(({ begunAt }) => begunAt > creation.acknowledgedAt)
    fates.set(token, {
      endedAt: earliest(sure.map((ending) => ending.acknowledgedAt)),
      settledAt: earliest(
        sure.filter(({ isSettled }) => isSettled).map((ending) => ending.acknowledgedAt),
      ),
      mayEndFrom: earliest(concerned.map(({ begunAt }) => begunAt)),
    })
  }
  return fates
}

function groupEndings(endings: readonly Ending[]): Map<string, Ending[]> {
  return Map.groupBy(endings, ({ of }) => {
    const [[what, number] = []] = Object.entries(of)
    return `${what} ${number}`
  })
}

/** The first issue of each session; the others are rotations. */
function findCreations(issues: readonly Issue[]): Map<number, Issue> {
  const created = new Map<number, Issue>()
  for (const issue of issues) {
    const known = created.get(issue.session)
    if (known === undefined || issue.begunAt < known.begunAt) created.set(issue.session, issue)
  }
  return created
}

function earliest(moments: readonly (number | undefined)[]): number {
  return moments.reduce<number>((least, moment = Infinity) => Math.min(least, moment), Infinity)
}
