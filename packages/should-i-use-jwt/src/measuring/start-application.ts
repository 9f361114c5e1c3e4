import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Application, Question, Reply } from './application.ts'

/** An application in a process of its own, as the process sees it that measures. */
export interface RunningApplication extends Pick<Application, 'port' | 'header' | 'credentials'> {
  readonly name: string
  /** Processor time of its process so far, in microseconds. */
  cpu(): Promise<number>
  statements(): Promise<number>
  logOut(credential: string): Promise<number>
  verifyMany(concurrency: number, milliseconds: number): Promise<number>
  /** Lets it close what it has opened, and ends its process. */
  close(): Promise<void>
  /** Ends its process, whatever it is doing. */
  kill(): Promise<void>
}

export interface StartOptions {
  readonly name: string
  /** The path of a module that calls `serveApplication`. */
  readonly module: string
  /** For the application; goes through structured clone. */
  readonly options: unknown
  /** Ends the process at once. */
  readonly signal: AbortSignal
}

/** @throws {Error} what the application failed with when it opened */
export async function startApplication({
  name,
  module,
  options,
  signal,
}: StartOptions): Promise<RunningApplication> {
  signal.throwIfAborted()
  const child = fork(module, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop)
  // One question at a time: replies carry no number.
  let last: Promise<unknown> = Promise.resolve()

  async function send<Value>(question: Question): Promise<Value> {
    const ended = exited.then(([code, by]) => ({ error: `its process ended with ${code ?? by}` }))
    const replied = once(child, 'message').then(([reply]) => reply as Reply)
    // To a process that has ended nothing can be sent; `ended` says so.
    child.send(question, () => {})
    const reply = await Promise.race([replied, ended])
    signal.throwIfAborted()
    if ('error' in reply) throw new Error(`${name}: ${reply.error}`)
    return reply.value as Value
  }

  function ask<Value>(question: Question): Promise<Value> {
    const answer = last.then(() => send<Value>(question))
    last = answer.catch(() => {})
    return answer
  }

  async function end(): Promise<void> {
    signal.removeEventListener('abort', stop)
    stop()
    await exited
  }

  try {
    const opened = await ask<Pick<Application, 'port' | 'header' | 'credentials'>>({
      ask: 'open',
      options,
    })
    return {
      name,
      ...opened,
      cpu: () => ask({ ask: 'cpu' }),
      statements: () => ask({ ask: 'statements' }),
      logOut: (credential) => ask({ ask: 'logOut', credential }),
      verifyMany: (concurrency, milliseconds) =>
        ask({ ask: 'verifyMany', concurrency, milliseconds }),
      async close() {
        await ask({ ask: 'close' })
        await end()
      },
      kill: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}
