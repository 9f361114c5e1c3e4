import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { readMoment } from './history.ts'
import { KnownTokens } from './known-tokens.ts'
import type { Sabotage } from './sabotage.ts'
import type { Site } from './site.ts'
import {
  exitCodeOfDriver,
  type FromWorker,
  type ToWorker,
  type WorkerOrder,
} from './worker-messages.ts'

const program = join(import.meta.dirname, 'worker.ts')
const stopLimitMs = 20_000

export interface WorkersOptions {
  readonly site: Site
  readonly folder: string
  readonly seed: number
  readonly sabotage: Sabotage | undefined
}

/** What the processes say of themselves, all together, the killed ones included. */
export interface WorkerTotals {
  readonly processes: number
  /** Those that a fault of their driver ended. */
  readonly crashes: number
  readonly hits: number
  readonly voidedFills: number
  readonly losses: number
}

type Report = Extract<FromWorker, { hits: number }>

/** The processes, which tell each other through this one what they have issued and ended. */
export class Workers {
  readonly #options: WorkersOptions
  readonly #running = new Map<number, ChildProcess>()
  readonly #reports = new Map<number, Report>()
  readonly #known = new KnownTokens(0)
  readonly #failed = Promise.withResolvers<never>()
  #started = 0
  #crashes = 0

  constructor(options: WorkersOptions) {
    this.#options = options
    this.#failed.promise.catch(() => undefined)
  }

  /** Rejects when a process ends that was not told to. */
  get failed(): Promise<never> {
    return this.#failed.promise
  }

  get totals(): WorkerTotals {
    const sum = (figure: keyof Report) =>
      [...this.#reports.values()].reduce((total, report) => total + report[figure], 0)
    return {
      processes: this.#started,
      crashes: this.#crashes,
      hits: sum('hits'),
      voidedFills: sum('voidedFills'),
      losses: sum('losses'),
    }
  }

  /** Resolves when it verifies. */
  async start(index: number): Promise<void> {
    const { site, folder, seed, sabotage } = this.#options
    this.#started += 1
    const process = this.#started
    const order: WorkerOrder = {
      folder,
      process,
      place: site.placeOf(index),
      seed,
      live: this.#known.live,
      ...(sabotage && { sabotage }),
    }
    const startedAt = readMoment()
    const child = fork(program, [JSON.stringify(order)], {
      execArgv: ['--conditions=cloakroom-source'],
    })
    this.#running.set(index, child)
    child.once('exit', (code, signal) => {
      if (this.#running.get(index) !== child) return
      this.#running.delete(index)
      if (code !== exitCodeOfDriver) {
        this.#failed.reject(new Error(`Process ${process} ended by itself: ${signal ?? code}`))
        return
      }
      this.#crashes += 1
      this.start(index).catch((error: unknown) => this.#failed.reject(error))
    })
    const ready = Promise.withResolvers<number>()
    child.on('message', (message: FromWorker) => {
      if ('readyAt' in message) ready.resolve(message.readyAt)
      else if ('hits' in message) this.#reports.set(process, message)
      else this.#pass(message, child)
    })
    const readyAt = await Promise.race([ready.promise, this.failed])
    if (readyAt < startedAt || readyAt > readMoment()) {
      throw new Error(
        'The processes of this machine do not share a clock: the history is worthless',
      )
    }
  }

  async kill(index: number): Promise<void> {
    const child = this.#take(index)
    if (child === undefined) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  pause(index: number): void {
    this.#running.get(index)?.kill('SIGSTOP')
  }

  resume(index: number): void {
    this.#running.get(index)?.kill('SIGCONT')
  }

  /** Lets all of them end. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#running.keys()].map(async (index) => {
        const child = this.#take(index)
        if (child === undefined) return
        const exit = once(child, 'exit')
        if (child.connected) child.send({ stop: true } satisfies ToWorker)
        const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
        await exit
        clearTimeout(timer)
      }),
    )
  }

  #take(index: number): ChildProcess | undefined {
    const child = this.#running.get(index)
    this.#running.delete(index)
    return child
  }

  #pass(news: Exclude<FromWorker, { readyAt: number } | Report>, from: ChildProcess): void {
    this.#known.tell(news)
    for (const child of this.#running.values()) {
      // One that has just ended is told nothing more.
      if (child !== from && child.connected) child.send(news, () => undefined)
    }
  }
}
