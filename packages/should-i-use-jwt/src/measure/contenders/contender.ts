import type { Credentials } from '../../measuring/application.ts'
import type { Database, DatabasePlace } from '../databases/database.ts'
import type { ValkeyClient, ValkeyPlace } from '../databases/open-valkey.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What a contender's process is told. */
export interface ContenderOptions {
  readonly contender: string
  readonly place: DatabasePlace
  readonly valkey: ValkeyPlace | undefined
  readonly keys: SigningKeys
  readonly sessions: number
  readonly users: number
  readonly jwtSeconds: number
  /** Whether drivers count what they send. */
  readonly isCounting: boolean
}

export interface Surroundings extends ContenderOptions {
  readonly database: Database
  /** @throws {Error} if no Valkey was named */
  client(): ValkeyClient
}

/** A way to know who sends a request. */
export interface Contender {
  /** Tokens by kind. */
  readonly tokens: Credentials
  /** The user's id; `undefined`: 401. */
  authenticate(token: string): Promise<number | undefined> | number | undefined
  /** Ends the session as far as it can; the seconds for which its token will still be accepted. */
  logOut(token: string): Promise<number>
  /** A new token for the long-lived one, where there is such a thing. */
  refresh?(token: string): Promise<string | undefined>
  close(): Promise<void>
}

export type OpenContender = (surroundings: Surroundings) => Promise<Contender>

/** Whom a session belongs to. */
export function ownerOf(session: number, users: number): number {
  return (session % users) + 1
}
