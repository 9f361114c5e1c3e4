import { randomBytes } from 'node:crypto'
import {
  type Cloakroom,
  cloakroom,
  type IssuedSession,
  type JsonObject,
  type UsersLoader,
} from 'cloakroom'
import { type ValkeyClient, type ValkeyOptions, valkey } from 'cloakroom/valkey'
import type { CloakroomOptions } from '../src/options.ts'

interface TestUser {
  readonly id: string
}

export type Auth = Cloakroom<TestUser, JsonObject, JsonObject>

/** Everybody is a user. */
export const anybody: UsersLoader<TestUser> = { load: (id) => ({ id }) }

/** An application's sessions in Valkey, under a prefix of its own unless told. */
export function openAuth(
  client: ValkeyClient,
  options: ValkeyOptions = {},
  more: Partial<Pick<CloakroomOptions, 'absoluteTimeoutSeconds' | 'touchIntervalSeconds'>> = {},
): Promise<Auth> {
  return cloakroom({
    origin: 'https://app.example',
    store: valkey(client, { prefix: newPrefix(), ...options }),
    users: anybody,
    pruneIntervalSeconds: false,
    ...more,
  })
}

export function newPrefix(): string {
  return `${randomBytes(6).toString('hex')}:`
}

export async function signIn(auth: Auth, userId: string): Promise<IssuedSession<TestUser>> {
  return (await auth.beginSignIn(userId)).complete()
}
