import { join } from 'node:path'
import {
  CheckFailed,
  openHttpClient,
  type RunningApplication,
  startApplication,
} from 'should-i-use-jwt/measuring'
import type { Contender } from './contenders.ts'

/** Applications in processes of their own. */
export interface Fleet {
  readonly running: ReadonlyMap<Contender, RunningApplication>
  /** Resolves when none of their processes is left. */
  disband(): Promise<void>
}

const module = join(import.meta.dirname, 'applications/application.ts')

/** As many at once as there are cores here for sure. */
const atOnce = 2

/** @throws {CheckFailed} if one does not answer as it should */
export async function startFleet(contenders: readonly Contender[]): Promise<Fleet> {
  const running = new Map<Contender, RunningApplication>()
  const abort = new AbortController()
  const disband = async () => {
    await Promise.all([...running.values()].map((application) => application.kill()))
  }
  const waiting = [...contenders]
  async function startSome(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const started = await start(next, abort.signal)
      running.set(next, started)
      await check(next, started)
    }
  }
  const starting = Array.from({ length: atOnce }, startSome)
  try {
    await Promise.all(starting)
    return { running, disband }
  } catch (error) {
    abort.abort()
    await Promise.allSettled(starting)
    await disband()
    throw error
  }
}

async function start(
  { name, settings, header, credentials }: Contender,
  signal: AbortSignal,
): Promise<RunningApplication> {
  const application = await startApplication({ name, module, options: settings, signal })
  return { ...application, header, credentials: { authenticated: credentials } }
}

/** Whom it answers with, for some sessions, and that it lets nobody else in. */
async function check(contender: Contender, application: RunningApplication): Promise<void> {
  const { name, credentials, users, wrong } = contender
  const client = openHttpClient(application, 1)
  try {
    for (const session of [0, Math.floor(credentials.length / 2), credentials.length - 1]) {
      const { status, body } = await client.get('/', credentials[session] as string)
      const expected = JSON.stringify({ user: users[session] })
      if (status !== 200 || body !== expected) {
        throw new CheckFailed(`${name} answered ${status} ${body}; right is ${expected}`)
      }
      const orders = await client.get('/orders', credentials[session] as string)
      if (orders.status !== 200 || (JSON.parse(orders.body) as unknown[]).length === 0) {
        throw new CheckFailed(`${name} found no orders: ${orders.status} ${orders.body}`)
      }
    }
    for (const [what, credential] of Object.entries(wrong)) {
      const { status } = await client.get('/', credential)
      if (status !== 401) throw new CheckFailed(`${name} answered ${status} to ${what}`)
    }
  } finally {
    await client.close()
  }
}
