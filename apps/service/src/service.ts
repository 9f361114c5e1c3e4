import type {
  Cloakroom,
  Issued,
  IssuedSession as IssuedClientSession,
  RequestHead,
  Session,
  Transport,
} from 'cloakroom'
import type { Client, IssuedClient, NewClient } from './oauth/clients.ts'
import type { OAuth } from './oauth/oauth.ts'

/** What `session.data` holds in this service: nothing yet. */
export type SessionData = Record<string, never>

/** The columns of `users` that come along with every verified request. */
export interface ServiceUser {
  readonly id: string
  readonly email: string
  /** Whether somebody has made sure that the address is the user's; the service itself never does. */
  readonly emailVerified: boolean
  readonly admin: boolean
}

export type UserSession = Session<SessionData, string>
export type IssuedSession = Issued<ServiceUser, SessionData, string>

/** Who asks: a request that has been authenticated. */
export interface Actor {
  readonly user: ServiceUser
  readonly session: UserSession
}

/** Where the password goes to be checked, and how the session is handed out. */
export interface Credentials {
  readonly email: string
  readonly password: string
}

export interface IssueTo {
  readonly head: RequestHead
  readonly transport: Transport
  readonly persistent: boolean
}

/** A session of an OAuth client: its token is a refresh token. */
export type ClientSession = IssuedClientSession<ServiceUser, SessionData>

export interface IssueToClient {
  readonly head: RequestHead
  /** Authenticated. */
  readonly client: Client
}

/** One user as an administrator sees it. */
export interface UserSummary {
  readonly id: string
  readonly email: string
  readonly admin: boolean
  readonly createdAt: Date
  readonly blockedAt: Date | null
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Pass it to get the next page; `null`: this is the last. */
  readonly next: string | null
}

export interface AuditEntry {
  readonly id: number
  readonly at: Date
  readonly actorId: string | null
  readonly actorEmail: string | null
  /** Stable name such as `user_blocked`. */
  readonly action: string
  readonly targetId: string | null
  readonly targetEmail: string | null
  readonly ip: string | null
  readonly detail: string | null
}

/**
 * Everything that the service does, once: pages and JSON API are two ways to call it. What is
 * refused throws a `ServiceError`; an infrastructure failure a `CloakroomError`.
 */
export interface Service {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  /**
   * Who can sign up now. Until there is an administrator a `closed` service says `invite`: the
   * setup code is the invite of whoever becomes it.
   */
  signUpPolicy(): Promise<'open' | 'invite' | 'closed'>
  /** Whether `/setup` can still make somebody administrator. */
  setupIsOpen(): Promise<boolean>

  signUp(
    input: Credentials & { invite?: string | undefined },
    head: RequestHead,
  ): Promise<ServiceUser>
  signIn(input: Credentials, to: IssueTo): Promise<IssuedSession>
  /** The same, for a program that the user has given the password to. */
  signInClient(input: Credentials, to: IssueToClient): Promise<ClientSession>
  stepUp(actor: Actor, password: string, head: RequestHead): Promise<IssuedSession>
  /** Ends the user's other sessions unless told not to, and rotates this one. Needs step-up. */
  changePassword(
    actor: Actor,
    input: { current: string; next: string; keepOthers: boolean },
    head: RequestHead,
  ): Promise<IssuedSession>
  /** Makes the actor administrator, with the code that the first start printed. */
  setUp(actor: Actor, code: string, head: RequestHead): Promise<void>

  /** The actor's own sessions, newest first. */
  sessions(actor: Actor): Promise<UserSession[]>
  /** Ends one of the actor's sessions. `not_found` for somebody else's. Others than this one need step-up. */
  endSession(actor: Actor, sessionId: string): Promise<void>
  /** Ends all of the actor's sessions but this one. Needs step-up. */
  endOtherSessions(actor: Actor): Promise<string[]>

  readonly admin: Administration
  /** `undefined`: the service was told of no audiences. */
  readonly oauth: OAuth | undefined
}

/** For administrators only (`forbidden`); whatever changes something needs step-up and is audited. */
export interface Administration {
  users(
    actor: Actor,
    query: { prefix: string; after: string | undefined },
  ): Promise<Page<UserSummary>>
  user(actor: Actor, id: string): Promise<{ user: UserSummary; sessions: UserSession[] }>
  block(actor: Actor, id: string, head: RequestHead): Promise<void>
  unblock(actor: Actor, id: string, head: RequestHead): Promise<void>
  endSession(actor: Actor, userId: string, sessionId: string, head: RequestHead): Promise<void>
  endSessions(actor: Actor, userId: string, head: RequestHead): Promise<number>
  endEverybodysSessions(actor: Actor, head: RequestHead): Promise<number>
  /** Makes a code with which one person can sign up; shown once. */
  invite(actor: Actor, head: RequestHead): Promise<{ code: string; expiresAt: Date }>
  /** The OAuth clients. All of these are `not_found` where there is no OAuth. */
  clients(actor: Actor): Promise<Client[]>
  client(actor: Actor, id: string): Promise<Client>
  /** The secret of a confidential client is shown this once. */
  addClient(actor: Actor, wanted: NewClient, head: RequestHead): Promise<IssuedClient>
  /** Makes a new secret; the one before it stays valid. */
  renewClientSecret(actor: Actor, id: string, head: RequestHead): Promise<IssuedClient>
  dropOldClientSecret(actor: Actor, id: string, head: RequestHead): Promise<void>
  removeClient(actor: Actor, id: string, head: RequestHead): Promise<void>
  audit(actor: Actor, query: { before: number | undefined }): Promise<Page<AuditEntry>>
}
