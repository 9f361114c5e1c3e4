// A server that belongs to this process, and what tests do to servers.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endProcess, killTree } from './end-process.ts'
import { keepGuarded } from './guard.ts'
import { signalTree } from './process-tree.ts'
import { serverAccount } from './server-account.ts'
import type { ServerFolder } from './server-folder.ts'
import { waitUntil } from './wait-until.ts'

export interface ServerProgram {
  readonly path: string
  readonly args: readonly string[]
  /** What it is told that its own name is; the path unless told. */
  readonly argv0?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface ServerIdentity {
  readonly name: string
  readonly version: string
}

interface ServerDescription {
  readonly server: ServerIdentity
  readonly port: number
  readonly url: string
  readonly folder: ServerFolder
  readonly program: ServerProgram
  /** Which signals make it end: in good order, and at once but still cleaning up after itself. */
  readonly signals: { readonly shutDown: NodeJS.Signals; readonly stop: NodeJS.Signals }
  /** Whether it answers; asked again and again while it starts. */
  isReady(pid: number): boolean | Promise<boolean>
  /** Called when it is stopped for good, before its folder goes. */
  cleanUp?(): void
}

const shownLog = 4000

export class PrivateServer {
  readonly server: ServerIdentity
  readonly host = '127.0.0.1'
  readonly port: number
  /** With the password; for drivers, and never for a log. */
  readonly url: string
  readonly #description: ServerDescription
  #child: ChildProcess | undefined
  #release = (): void => {}

  private constructor(description: ServerDescription) {
    this.server = description.server
    this.port = description.port
    this.url = description.url
    this.#description = description
  }

  /** Resolves when the server answers; rejects with what it wrote if it does not. */
  static async start(description: ServerDescription): Promise<PrivateServer> {
    const server = new PrivateServer(description)
    await server.#launch()
    return server
  }

  /** Of the running server. */
  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error(`${this.server.name} does not run`)
    return pid
  }

  /** Its folder, with its data and its log. */
  get folder(): string {
    return this.#description.folder.path
  }

  /** What it wrote. */
  readLog(): string {
    return readFileSync(this.#logPath, 'utf8')
  }

  /**
   * Resolves when the server is gone. SIGKILL, which is what it gets unless told, goes to all of
   * its processes at once; any other signal to the first of them.
   */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { pid } = this
    if (signal === 'SIGKILL') await killTree(pid)
    else process.kill(pid, signal)
    await this.#ended()
  }

  /** Shuts it down in good order if it runs, and starts it again on the same data and port. */
  async restart(): Promise<void> {
    if (this.#child !== undefined) {
      await endProcess(this.pid, this.#description.signals.shutDown)
      await this.#ended()
    }
    await this.#launch()
  }

  /** Stops all of its processes in the middle of what they do; connections stay open. */
  pause(): void {
    signalTree(this.pid, 'SIGSTOP')
  }

  resume(): void {
    signalTree(this.pid, 'SIGCONT')
  }

  /** Ends it and removes its folder. May be called again. */
  async stop(): Promise<void> {
    if (this.#child?.pid !== undefined) {
      await endProcess(this.#child.pid, this.#description.signals.stop)
      await this.#ended()
    }
    this.#description.cleanUp?.()
    this.#description.folder.remove()
  }

  async #launch(): Promise<void> {
    const { program, folder, signals } = this.#description
    const log = openSync(this.#logPath, 'a')
    const child = spawn(program.path, program.args, {
      argv0: program.argv0 ?? program.path,
      cwd: folder.path,
      env: { PATH: process.env.PATH, ...program.env },
      stdio: ['ignore', log, log],
      // Ctrl-C is for the tests; they, or the guard, stop the server.
      detached: true,
      ...serverAccount,
    })
    closeSync(log)
    this.#child = child
    child.once('exit', () => {
      this.#child = undefined
      this.#release()
    })
    child.unref()
    if (child.pid !== undefined) {
      this.#release = keepGuarded({ pid: child.pid, endSignal: signals.stop })
    }
    await once(child, 'spawn')
    await this.#becomeReady(this.pid)
  }

  async #becomeReady(pid: number): Promise<void> {
    try {
      await waitUntil('it answers', async () => {
        if (this.#child === undefined) throw new Error('It ended')
        return await this.#description.isReady(pid)
      })
    } catch (error) {
      const log = this.readLog().slice(-shownLog)
      throw new Error(`${this.server.name} does not start. It wrote:\n${log}`, { cause: error })
    }
  }

  async #ended(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.ref()
    await once(child, 'exit')
  }

  get #logPath(): string {
    return join(this.folder, 'log')
  }
}
