import type { AccessTokenClaims } from './access-token.ts'
import { type Ended, rememberMs } from './ended-sessions.ts'

/** Which tokens are over, as far as one was told. */
export interface EndedRecord {
  add(ended: Ended): void
  hasEnded(claims: AccessTokenClaims): boolean
}

interface Page {
  readonly sessions: Set<string>
  readonly users: Map<string, { readonly until: number; readonly except: ReadonlySet<string> }>
}

/** @param elapsedMs A clock that never goes back. */
export function endedRecord(elapsedMs: () => number): EndedRecord {
  // Two pages, so that nothing is looked through to be forgotten. Each entry stays for one turn or two.
  let page = newPage()
  let lastPage = newPage()
  let turnedAt = elapsedMs()
  let everyoneUntil = -Infinity

  function turn(): void {
    const pages = Math.floor((elapsedMs() - turnedAt) / rememberMs)
    if (pages === 0) return
    lastPage = pages === 1 ? page : newPage()
    page = newPage()
    turnedAt = elapsedMs()
  }

  function isUserOver(userId: string, { iat, sid }: AccessTokenClaims): boolean {
    // The later one has the sessions that live on after both.
    const told = page.users.get(userId) ?? lastPage.users.get(userId)
    return told !== undefined && iat <= told.until && !told.except.has(sid)
  }

  return {
    add(ended) {
      turn()
      if ('everyone' in ended) {
        everyoneUntil = Math.max(everyoneUntil, ended.until)
      } else if ('sessions' in ended) {
        for (const id of ended.sessions) page.sessions.add(id)
      } else {
        const { user, until, except } = ended
        const told = page.users.get(user) ?? lastPage.users.get(user)
        // Another server may tell of an older one again.
        if (told !== undefined && told.until > until) return
        // Told twice of one second: only what lives on after both.
        const before = told?.until === until ? told.except : undefined
        const live = except.filter((id) => before?.has(id) ?? true)
        page.users.set(user, { until, except: new Set(live) })
      }
    },
    hasEnded(claims) {
      const { sid, sub, act, iat } = claims
      return (
        page.sessions.has(sid) ||
        lastPage.sessions.has(sid) ||
        iat <= everyoneUntil ||
        isUserOver(sub, claims) ||
        (act !== undefined && isUserOver(act.sub, claims))
      )
    },
  }
}

function newPage(): Page {
  return { sessions: new Set(), users: new Map() }
}
