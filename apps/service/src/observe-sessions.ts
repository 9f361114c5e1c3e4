import { type Cloakroom, CloakroomError, type HttpSessions, type RequestHead } from 'cloakroom'
import type { Log } from './log.ts'
import type { ServiceUser, SessionData } from './service.ts'

type Auth = Cloakroom<ServiceUser, SessionData, SessionData>
type Http = HttpSessions<ServiceUser, SessionData, SessionData>
type Verdict = Awaited<ReturnType<Http['authenticate']>>

/** The same sessions, with a line in the log for every request that was turned away and every log-out. */
export function observeSessions(auth: Auth, log: Log): Auth {
  const { http } = auth

  async function watched<Result>(head: RequestHead, work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      if (error instanceof CloakroomError && error.code === 'cross_site') crossSite(head)
      throw error
    }
  }

  function crossSite({ ip, origin }: RequestHead): void {
    log('malicious_csrf', { level: 'WARN', reason: 'cross_site', ip, origin })
  }

  function report(verdict: Verdict, head: RequestHead): void {
    if (verdict.status === 'authenticated') return
    const { reason } = verdict
    if (reason === 'missing' || reason === 'not_signed_in') return
    if (reason === 'cross_site') crossSite(head)
    else {
      const isRefused = verdict.status === 'refused'
      const event = isRefused ? 'malicious_extraneous' : 'session_use_after_expire'
      log(event, { level: 'WARN', reason, ip: head.ip })
    }
  }

  const observed: Http = {
    ...http,
    async authenticate(head, options) {
      const verdict = await http.authenticate(head, options)
      report(verdict, head)
      return verdict
    },
    async signOut(head, options) {
      const signedOut = await watched(head, http.signOut(head, options))
      for (const sessionId of signedOut.ended) {
        log('session_expired', { reason: 'signed_out', sessionId, ip: head.ip })
      }
      return signedOut
    },
    signIn: (head, ...rest) => watched(head, http.signIn(head, ...rest)),
    stepUp: (head, options) => watched(head, http.stepUp(head, options)),
    rotate: (head, options) => watched(head, http.rotate(head, options)),
  }
  return Object.freeze({ ...auth, http: Object.freeze(observed) })
}
