import cluster, { type Worker } from 'node:cluster'
import { type Backoff, delayAfter } from '../accounts/backoff.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { onSignals } from '../run.ts'
import { startMessage } from '../start-message.ts'
import type { Order, Serving } from './messages.ts'

/** At once after a long life; otherwise after 0.1 s, 0.2 s … up to half a minute. */
const restarts: Backoff = { free: 2, firstMs: 100, maxMs: 30_000, forgetMs: 60_000 }

/**
 * Keeps so many processes serving on one port: the first one alone until it serves, so that it makes
 * the tables and finds out what is wrong, and then the others. One that dies is replaced.
 */
export function superviseWorkers(count: number, config: Config, log: Log): void {
  // One socket, from which whoever is free takes the next connection: one that nobody has taken
  // yet outlives any of them. Handed out by this process, it would wait for one that has died.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const workers = new Map<number, Worker>()
  let hasServed = false
  let stopping = false
  let failed = false

  function launch(number: number, deathsBefore: number): void {
    const worker = cluster.fork()
    const startedAt = performance.now()
    workers.set(number, worker)
    tell(worker, { serve: { number, issuesSetupCode: !hasServed } })
    worker.once('message', (serving: Serving) => {
      if (hasServed) return
      hasServed = true
      process.stderr.write(startMessage(serving, config))
      for (let next = 2; next <= count && !stopping; next += 1) launch(next, 0)
    })
    worker.once('exit', (code, signal) => {
      workers.delete(number)
      if (stopping) return ended(code)
      // The first one has said why it cannot start.
      if (!hasServed) process.exit(1)
      const livedLong = performance.now() - startedAt > restarts.forgetMs
      const deaths = livedLong ? 1 : deathsBefore + 1
      log('sys_crash', {
        level: 'ERROR',
        reason: 'worker_ended',
        worker: number,
        exit: signal ?? code,
      })
      setTimeout(
        () => {
          if (!stopping) launch(number, deaths)
        },
        delayAfter(deaths, restarts),
      )
    })
  }

  function ended(code: number | null): void {
    failed ||= code !== 0
    if (workers.size === 0) process.exit(failed ? 1 : 0)
  }

  onSignals(['SIGTERM', 'SIGINT'], () => {
    stopping = true
    for (const worker of workers.values()) tell(worker, 'stop')
    if (workers.size === 0) process.exit(0)
  })
  launch(1, 0)
}

/** One that is gone is told of by its `exit`. */
function tell(worker: Worker, order: Order): void {
  worker.send(order, () => {})
}
