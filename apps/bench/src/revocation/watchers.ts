import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ServerPlace } from './open-cached.ts'
import type { FromWatcher, ToWatcher } from './watcher.ts'

const program = join(import.meta.dirname, 'watcher.ts')

/** Processes that verify. */
export interface Watchers {
  /** Has all of them verify these as fast as they can; none: ends that. */
  load(tokens: readonly string[]): void
  /** Resolves when all have accepted the token from memory, to when all will have refused it. */
  watch(token: string): Promise<{ lastAccepted: Promise<number[]> }>
  stop(): Promise<void>
}

export async function startWatchers(place: ServerPlace, count: number): Promise<Watchers> {
  const children = Array.from({ length: count }, () =>
    fork(program, [JSON.stringify(place)], { execArgv: process.execArgv }),
  )
  await Promise.all(children.map((child) => hear(child, 'isReady')))
  const tell = (message: ToWatcher) => {
    for (const child of children) child.send(message)
  }
  return {
    load: (tokens) => tell({ load: tokens }),
    async watch(token) {
      const watching = children.map((child) => hear(child, 'isWatching'))
      const lastAccepted = Promise.all(
        children.map(async (child) => {
          const { lastAcceptedAt } = (await hear(child, 'lastAcceptedAt')) as {
            lastAcceptedAt: number
          }
          return lastAcceptedAt
        }),
      )
      tell({ watch: token })
      await Promise.all(watching)
      return { lastAccepted }
    },
    async stop() {
      const exits = children.map((child) => once(child, 'exit'))
      tell({ end: true })
      await Promise.all(exits)
    },
  }
}

/** The next message that has this. */
async function hear(child: ChildProcess, what: string): Promise<FromWatcher> {
  const { promise, resolve, reject } = Promise.withResolvers<FromWatcher>()
  const hearing = (message: FromWatcher) => {
    if (what in message) resolve(message)
  }
  const ended = () => reject(new Error('A process that verifies has ended by itself'))
  child.on('message', hearing)
  child.once('exit', ended)
  try {
    return await promise
  } finally {
    child.off('message', hearing)
    child.off('exit', ended)
  }
}
