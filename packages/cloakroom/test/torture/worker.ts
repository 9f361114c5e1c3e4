// One of the processes of the torture; see run-torture.ts.
import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from 'cloakroom'
import { seededRandom } from '../../src/testing/random.ts'
import { readMoment } from './history.ts'
import { KnownTokens } from './known-tokens.ts'
import { runLoad } from './load.ts'
import { leaseSeconds, type Opened, openAuth } from './open-store.ts'
import { Recorder } from './recorder.ts'
import {
  exitCodeOfDriver,
  type FromWorker,
  type ToWorker,
  type WorkerOrder,
} from './worker-messages.ts'

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder
const { folder, place, sabotage, seed, live } = order
const stopping = new AbortController()
const known = new KnownTokens(3000 * leaseSeconds)
for (const issued of live) known.tell({ issued })

process.env.CLOAKROOM_TEST_SEED = String(seed)
const random = seededRandom({ name: `process ${order.process}`, diagnostic: () => undefined })
// postgres.js 3.4 can end a process: when a connection is reset at the wrong moment it writes to a socket
// that is gone, in a callback that nobody can catch (`nextWrite` of its connection.js).
process.on('uncaughtException', (error, origin) => {
  console.error(`Process ${order.process}, ${place.driver}, ${origin}:`, error)
  process.exit(place.driver === 'postgres.js' ? exitCodeOfDriver : 1)
})
const { auth, close } = await open()
process.on('message', (message: ToWorker) => {
  if ('stop' in message) stopping.abort()
  else known.tell(message)
})
process.on('disconnect', () => process.exit())
send({ readyAt: readMoment() })
const reporting = setInterval(report, 500)

await runLoad({
  auth,
  known,
  random,
  process: order.process,
  rotates: place.kind !== 'valkey-cluster',
  recorder: new Recorder(folder, order.process),
  stopping: stopping.signal,
  tell(news) {
    known.tell(news)
    send(news)
  },
}).catch((error: unknown) => {
  console.error(`Process ${order.process}, ${place.driver}:`, error)
  process.exit(1)
})
clearInterval(reporting)
report()
await close().catch(() => undefined)
process.disconnect()

/** The server may be down just now. */
async function open(): Promise<Opened> {
  for (;;) {
    try {
      return await openAuth(place, sabotage)
    } catch (error) {
      if (!(error instanceof CloakroomError && error.code === 'store_unavailable')) throw error
      await delay(100)
    }
  }
}

function report(): void {
  const { cache, losses = 0 } = auth.feedHealth() ?? {}
  send({ hits: cache?.hits ?? 0, voidedFills: cache?.voidedFills ?? 0, losses })
}

function send(message: FromWorker): void {
  process.send?.(message)
}
