import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { betterAuth, type SecondaryStorage } from 'better-auth'
import { cloakroom } from 'cloakroom'
import { valkey } from 'cloakroom/valkey'
import { RedisStore } from 'connect-redis'
import { Redis as Iovalkey } from 'iovalkey'
import { createClient } from 'redis'
import { cookiesOf, randomText } from '../../workload/better-auth-text.ts'
import type { Workload } from '../../workload/workload.ts'
import { cloakroomTarget } from '../cloakroom.ts'
import { expressSession } from '../express-session.ts'
import type { RemoteTarget } from '../remote-target.ts'
import { type RemoteCloakroom, type SignedIn, signInAll } from '../sign-in-all.ts'
import { bareTarget } from './bare.ts'
import { type Client, countSent } from './count-sent.ts'
import { makeUsers, type User } from './users.ts'

export interface ValkeyTargets {
  /** One command a request, by nobody's library. */
  readonly bare: RemoteTarget
  readonly cloakroom: RemoteTarget
  readonly betterAuth: RemoteTarget
  readonly all: readonly RemoteTarget[]
}

const answersKeptForMs = 6000

export type LoadUser = (id: number) => User | undefined

/** Makes the data, and opens every target on it with one connection of its own. */
export async function openValkeyTargets(
  workload: Workload,
  url: string,
  progress: (line: string) => void,
): Promise<ValkeyTargets> {
  const loadUser = makeUsers(workload.users)
  const client: Client = createClient({ url })
  await client.connect()
  progress(`Signing in ${workload.owners.length} sessions with Cloakroom`)
  const before = await usedMemory(client)
  const filling = await openAuth(client, loadUser)
  const signedIn = await signInAll(filling, workload)
  await filling.close()
  // The answers to its writes are kept for as long as somebody might wait for them.
  await delay(answersKeptForMs)
  const bytes = ((await usedMemory(client)) - before) / workload.owners.length

  const bare = await bareTarget(url, signedIn, workload.owners)
  const cloakroomOnRedis = await onNodeRedis(url, signedIn, { loadUser, bytes })
  const others = [
    await onIovalkey(url, signedIn, loadUser),
    await onConnectRedis(client, url, workload, loadUser),
  ]
  progress('Making the sessions of Better Auth')
  const betterAuthTarget = await onBetterAuth(client, url, workload)
  client.destroy()
  const all = [bare, cloakroomOnRedis, ...others, betterAuthTarget]
  return { bare, cloakroom: cloakroomOnRedis, betterAuth: betterAuthTarget, all }
}

export function openAuth(
  client: Parameters<typeof valkey>[0],
  loadUser: LoadUser,
): Promise<RemoteCloakroom> {
  return cloakroom({
    origin: 'http://localhost:3000',
    store: valkey(client),
    users: { idType: 'integer', load: loadUser },
    pruneIntervalSeconds: false,
  })
}

async function usedMemory(client: Client): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
}

const isScript = (command: string) => command === 'evalsha'

async function onNodeRedis(
  url: string,
  signedIn: SignedIn,
  { loadUser, bytes }: { readonly loadUser: LoadUser; readonly bytes: number },
): Promise<RemoteTarget> {
  const client: Client = createClient({ url })
  await client.connect()
  return cloakroomTarget(signedIn, {
    name: 'Cloakroom on node-redis',
    auth: await openAuth(client, loadUser),
    sent: () => countSent(client, isScript),
    bytesPerSession: async () => bytes,
    close: async () => client.destroy(),
  })
}

async function onIovalkey(
  url: string,
  signedIn: SignedIn,
  loadUser: LoadUser,
): Promise<RemoteTarget> {
  const counter: Client = createClient({ url })
  await counter.connect()
  const client = new Iovalkey(url)
  return cloakroomTarget(signedIn, {
    name: 'Cloakroom on iovalkey',
    auth: await openAuth(client as never, loadUser),
    sent: () => countSent(counter, isScript),
    bytesPerSession: async () => undefined,
    async close() {
      client.disconnect()
      counter.destroy()
    },
  })
}

/** A value for each session, as connect-redis writes it. Resolves with the session ids. */
export async function makeConnectSessions(
  client: Client,
  { owners, random }: Workload,
): Promise<readonly string[]> {
  const ids = Array.from(owners, () => randomText(random))
  const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }
  await Promise.all(
    ids.map((id, session) => {
      const data = JSON.stringify({ cookie, userId: owners[session] })
      return client.set(`sess:${id}`, data, { expiration: { type: 'EX', value: 86_400 } })
    }),
  )
  return ids
}

async function onConnectRedis(
  filler: Client,
  url: string,
  workload: Workload,
  loadUser: LoadUser,
): Promise<RemoteTarget> {
  const before = await usedMemory(filler)
  const ids = await makeConnectSessions(filler, workload)
  const bytes = ((await usedMemory(filler)) - before) / ids.length
  const client: Client = createClient({ url })
  await client.connect()
  return expressSession({
    name: 'express-session with connect-redis',
    store: new RedisStore({ client }),
    ids,
    loadUser: async (id) => loadUser(id)?.id,
    sent: () => countSent(client),
    bytesPerSession: async () => bytes,
    close: async () => client.destroy(),
  })
}

/** With Valkey as its secondary storage, where it keeps a copy of the user beside the session. */
async function onBetterAuth(
  filler: Client,
  url: string,
  { users, owners, random }: Workload,
): Promise<RemoteTarget> {
  const client: Client = createClient({ url })
  await client.connect()
  const secret = randomBytes(32).toString('base64')
  const userIds = Array.from({ length: users + 1 }, () => randomText(random))
  const numbers = new Map(userIds.map((id, user) => [id, user]))
  const tokens = Array.from(owners, () => randomText(random))
  const [now, later] = [
    new Date().toISOString(),
    new Date(Date.now() + 7 * 86_400_000).toISOString(),
  ]
  const before = await usedMemory(filler)
  await Promise.all(
    tokens.map((token, index) => {
      const userId = userIds[owners[index] as number] as string
      const times = { createdAt: now, updatedAt: now }
      const session = { id: randomText(random), token, userId, expiresAt: later, ...times }
      const user = { id: userId, email: `${userId}@example.com`, name: userId, ...times }
      const agent = { ipAddress: '192.0.2.1', userAgent: 'Firefox on Linux' }
      return filler.set(token, JSON.stringify({ session: { ...session, ...agent }, user }))
    }),
  )
  const bytes = ((await usedMemory(filler)) - before) / tokens.length
  const auth = betterAuth({
    baseURL: 'http://localhost:3000',
    secret,
    // What a look-up of a session uses of it.
    secondaryStorage: {
      get: (key: string) => client.get(key),
      set: async (key: string, value: string) => void (await client.set(key, value)),
      delete: async (key: string) => void (await client.del(key)),
    } as unknown as SecondaryStorage,
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  })
  const { name } = (await auth.$context).authCookies.sessionToken
  const { cookies, wrongCookies } = cookiesOf({ name, tokens, secret, random })
  return {
    name: 'Better Auth with secondary storage on node-redis',
    note: "auth.api.getSession({ headers }): the cookie's signature, then session and a copy of the user",
    credentials: cookies,
    wrong: wrongCookies,
    authenticate: (cookie) =>
      auth.api.getSession({ headers: new Headers({ cookie: cookie as string }) }),
    userOf: (answer) =>
      answer === null ? undefined : numbers.get((answer as { user: { id: string } }).user.id),
    sent: () => countSent(client),
    bytesPerSession: async () => bytes,
    close: async () => client.destroy(),
  }
}
