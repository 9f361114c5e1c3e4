// One of the processes that verify while another one revokes; see watchers.ts.
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { openCached, type ServerPlace } from './open-cached.ts'

export type ToWatcher =
  | { readonly load: readonly string[] }
  /** To be verified until it is refused. */
  | { readonly watch: string }
  | { readonly end: true }

export type FromWatcher =
  | { readonly isReady: true }
  /** The watched token has been accepted, from memory. */
  | { readonly isWatching: true }
  /** When the last verification began that was accepted; nanoseconds of the system's monotonic clock. */
  | { readonly lastAcceptedAt: number }

const turnMs = 1

const place = JSON.parse(process.argv[2] ?? '') as ServerPlace
const { auth, close } = await openCached(place)
let load: readonly string[] = []
let isEnded = false

process.on('message', (message: ToWatcher) => {
  if ('load' in message) load = message.load
  else if ('watch' in message) void watch(message.watch)
  else isEnded = true
})
process.on('disconnect', () => process.exit())
while (auth.feedHealth()?.isConfirmed !== true) await delay(10)
send({ isReady: true })

for (let next = 0; !isEnded; ) {
  if (load.length === 0) {
    await delay(10)
    continue
  }
  const until = performance.now() + turnMs
  while (performance.now() < until) {
    await auth.verify(load[next])
    next = (next + 1) % load.length
  }
  await nextTurn()
}
await close()
process.disconnect()

async function watch(token: string): Promise<void> {
  let lastAcceptedAt = 0
  for (let isWatching = false; ; ) {
    const hits = auth.feedHealth()?.cache?.hits ?? 0
    const begunAt = Number(process.hrtime.bigint())
    if ((await auth.verify(token)).status !== 'authenticated') break
    lastAcceptedAt = begunAt
    if (!isWatching && (auth.feedHealth()?.cache?.hits ?? 0) > hits) {
      isWatching = true
      send({ isWatching })
    }
    await (load.length === 0 ? delay(turnMs) : nextTurn())
  }
  send({ lastAcceptedAt })
}

function send(message: FromWatcher): void {
  process.send?.(message)
}
