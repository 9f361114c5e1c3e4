import { setTimeout as delay } from 'node:timers/promises'
import { type RequestKind, requestKinds } from '../measuring/application.ts'
import { type HttpClient, openHttpClient } from '../measuring/http-client.ts'
import type { RunningApplication } from '../measuring/start-application.ts'
import { CheckFailed, expectStatus } from '../measuring/workload.ts'
import type { ContenderEntry } from './contenders/contenders.ts'
import type { ContenderFigures } from './figures.ts'
import type { Fleet } from './fleet.ts'

export type Observation = Pick<
  ContenderFigures,
  'credentialBytes' | 'revocationSeconds' | 'isRevocationWaitedFor' | 'statements'
>

const logOuts = 5
const requestsCounted = 20

/** Of each kind: there is more than one sort of junk. */
const credentialsCounted = 4

const sessionsNeeded = 40

/** Longer than any of the contenders promises, where a log-out is effective at all. */
const longestWaitMs = 10_000

/**
 * What does not depend on load: statements by the drivers' own count, and how long a log-out takes that
 * another process makes, which is what a second server, or a console, would do.
 */
export async function observeContender(
  fleet: Fleet,
  entry: ContenderEntry,
  peer: RunningApplication,
): Promise<Observation> {
  const application = await fleet.start(entry, { sessions: sessionsNeeded, isCounting: true })
  const client = openHttpClient(application, 1)
  try {
    const credentials = application.credentials.authenticated as readonly string[]
    const observed = {
      credentialBytes: Buffer.byteLength(credentials[0] ?? ''),
      statements: await countStatements(application, client),
    }
    if (entry.id === 'open') {
      return { ...observed, revocationSeconds: null, isRevocationWaitedFor: false }
    }
    return { ...observed, ...(await observeLogOuts(application, peer, client)) }
  } finally {
    await client.close()
    await application.close()
  }
}

async function countStatements(
  application: RunningApplication,
  client: HttpClient,
): Promise<Observation['statements']> {
  const counts: Partial<Record<RequestKind | 'orders', number>> = {}

  async function request(kind: RequestKind, path: string, credential: string): Promise<void> {
    expectStatus(application.name, kind, (await client.get(path, credential)).status)
  }

  async function count(name: RequestKind | 'orders', kind: RequestKind, path: string) {
    const known = application.credentials[kind]
    if (known === undefined) return
    const sent = known.slice(0, credentialsCounted)
    // A statement is prepared, a cache filled, at the first request.
    for (const credential of sent) await request(kind, path, credential)
    const before = await application.statements()
    for (let index = 0; index < requestsCounted; index += 1) {
      await request(kind, path, sent[index % sent.length] as string)
    }
    counts[name] = ((await application.statements()) - before) / requestsCounted
  }

  for (const kind of requestKinds) await count(kind, kind, kind === 'refresh' ? '/refresh' : '/')
  await count('orders', 'authenticated', '/orders')
  return counts
}

async function observeLogOuts(
  application: RunningApplication,
  peer: RunningApplication,
  client: HttpClient,
): Promise<Pick<Observation, 'revocationSeconds' | 'isRevocationWaitedFor'>> {
  const credentials = application.credentials.authenticated as readonly string[]
  const seconds: number[] = []
  let isRevocationWaitedFor = true
  for (const credential of credentials.slice(-logOuts)) {
    // So that a cache has it.
    for (let request = 0; request < 2; request += 1) {
      expectStatus(application.name, 'authenticated', (await client.get('/', credential)).status)
    }
    const left = await peer.logOut(credential)
    if (left > 0) {
      // It must be true, too.
      expectStatus(application.name, 'authenticated', (await client.get('/', credential)).status)
      isRevocationWaitedFor = false
      seconds.push(left)
    } else {
      seconds.push(await untilRefused(application, client, credential))
    }
  }
  return { revocationSeconds: seconds, isRevocationWaitedFor }
}

async function untilRefused(
  { name }: RunningApplication,
  client: HttpClient,
  credential: string,
): Promise<number> {
  const begin = performance.now()
  for (;;) {
    const { status } = await client.get('/', credential)
    const elapsed = performance.now() - begin
    if (status === 401) return elapsed / 1000
    if (elapsed > longestWaitMs) throw new CheckFailed(`${name} accepts what has logged out`)
    await delay(1)
  }
}
