import type { Authenticated, Session, Verification } from '../core/session.ts'
import type { Lifetime } from '../core/signals/signals.ts'
import { SessionSnapshot } from '../core/snapshot.ts'
import type { AnyUser } from '../core/user.ts'
import { CloakroomError } from '../errors.ts'
import type { Problem } from './problem.ts'
import { checkTransports, type RequestHead, type Transport } from './request-head.ts'
import type { SessionVerbs } from './session-verbs.ts'
import type { HttpSessions, Issued, IssueOptions } from './sessions.ts'
import type { Verdict } from './verdict.ts'

/** What an adapter translates, and all that it does. */
export interface Framework<Request extends object, Response extends object> {
  /** The request as strings. */
  readonly headOf: (request: Request) => RequestHead
  /** Adds a `Set-Cookie`, if there is one, and forbids caches to store the response. */
  readonly deliver: (response: Response, setCookie: string | undefined) => void
  /** Calls back when the response is over, or its connection. */
  readonly whenOver: (response: Response, callback: () => void) => void
}

/** What must be true of a request before its handler runs. */
export type Requirement = 'unrefused' | 'authenticated' | 'stepped_up'

/** The verbs of an adapter, and what its middleware is made of. */
export interface RequestSessions<
  Request extends object,
  Response extends object,
  User extends AnyUser,
  Data,
  Input,
> extends SessionVerbs<[request: Request, response: Response], User, Data, Input> {
  /** Verifies the request, once. What to answer in place of its handler, if anything. */
  readonly check: (
    request: Request,
    lifetime: Lifetime,
    requirement: Requirement,
  ) => Promise<Problem | undefined>
  /** What to answer to an error; `undefined`: it is none of ours. */
  readonly problemOf: (error: unknown, request: Request) => Problem | undefined
}

interface Auth<User extends AnyUser, Data, Input> {
  readonly http: HttpSessions<User, Data, Input>
  requireStepUp(session: Session<Data, User['id']>): void
}

/** What all adapters share: it knows requests and responses only as things to be told apart. */
export function requestSessions<
  Request extends object,
  Response extends object,
  User extends AnyUser,
  Data,
  Input,
>(
  { http, requireStepUp }: Auth<User, Data, Input>,
  { headOf, deliver, whenOver }: Framework<Request, Response>,
  transports: readonly Transport[] | undefined,
): RequestSessions<Request, Response, User, Data, Input> {
  const route = transports === undefined ? {} : { transports: checkTransports(transports) }
  // A property of the request and no weak map, whose entries outlive their requests by many collections
  // of garbage: under load that took a third of the time.
  const verdictKey = Symbol('cloakroom verdict')
  type Known = { [verdictKey]?: Verdict<User, Data> }

  function knownOf(request: Known): Verdict<User, Data> | undefined {
    return request[verdictKey]
  }

  function note(request: Known, verdict: Verdict<User, Data>): void {
    request[verdictKey] = verdict
  }

  function issuing<Options extends IssueOptions>(options: Options | undefined) {
    return { ...options, transport: options?.transport ?? transports?.[0] }
  }

  /** What is known of the request from now on. */
  function settle(request: Request, lifetime: Lifetime, verdict: Verdict<User, Data>): void {
    note(request, verdict)
    if (verdict.status === 'refused' || verdict.session === undefined) return
    SessionSnapshot.tie(verdict.session, lifetime)
  }

  function refusalOf(verdict: Verdict<User, Data>, requirement: Requirement): Problem | undefined {
    if (verdict.status === 'authenticated') {
      if (requirement === 'stepped_up') requireStepUp(verdict.session)
      return undefined
    }
    const passes = requirement === 'unrefused' && verdict.status !== 'refused'
    return passes ? undefined : http.refusal(verdict, route)
  }

  function problemOf(error: unknown, request: Request): Problem | undefined {
    if (!(error instanceof CloakroomError)) return undefined
    const verdict = knownOf(request)
    const isVerdict = error.code === 'not_authenticated' && verdict?.status === 'anonymous'
    return http.refusal(isVerdict ? verdict : error, route)
  }

  function delivered<Owner extends User | undefined>(
    request: Request,
    response: Response,
    issued: Issued<Owner, Data, User['id']> | undefined,
  ): Omit<Issued<Owner, Data, User['id']>, 'setCookie'> {
    if (issued === undefined) throw new CloakroomError('not_authenticated', 'The session ended.')
    const { setCookie, ...shown } = issued
    const { session, user } = shown
    settle(
      request,
      (release) => whenOver(response, release),
      user === undefined
        ? { status: 'anonymous', reason: 'not_signed_in', session }
        : { status: 'authenticated', session, user },
    )
    deliver(response, setCookie)
    return shown
  }

  function of(request: Request): Verification<User, Data> {
    const verdict = knownOf(request)
    if (verdict !== undefined && verdict.status !== 'refused') return verdict
    throw new Error('Nothing has verified this request: put authenticate or required before it.')
  }

  return {
    async check(request, lifetime, requirement) {
      try {
        const known = knownOf(request)
        if (known !== undefined) return refusalOf(known, requirement)
        const verdict = await http.authenticate(headOf(request), route)
        settle(request, lifetime, verdict)
        return refusalOf(verdict, requirement)
      } catch (error) {
        const problem = problemOf(error, request)
        if (problem !== undefined) return problem
        throw error
      }
    },
    problemOf,
    tokenParameters: (request) => http.tokenParameters(headOf(request), route),
    of,
    authenticated(request): Authenticated<User, Data> {
      const verification = of(request)
      if (verification.status === 'authenticated') return verification
      throw new CloakroomError('not_authenticated', 'Nobody is signed in.')
    },

    signIn: async (request, response, attempt, options) =>
      delivered(request, response, await http.signIn(headOf(request), attempt, issuing(options))),
    createAnonymous: async (request, response, options) =>
      delivered(request, response, await http.createAnonymous(headOf(request), issuing(options))),
    rotate: async (request, response) =>
      delivered(request, response, await http.rotate(headOf(request), route)),
    stepUp: async (request, response, { methods }) =>
      delivered(request, response, await http.stepUp(headOf(request), { methods, ...route })),
    impersonate: async (request, response, userId, options) =>
      delivered(
        request,
        response,
        await http.impersonate(headOf(request), userId, { ...options, ...route }),
      ),
    async signOut(request, response) {
      const { ended, setCookie } = await http.signOut(headOf(request), route)
      note(request, { status: 'anonymous', reason: 'missing' })
      deliver(response, setCookie)
      return ended
    },
  }
}
